"""What every address of the API is made of: an ``Endpoint`` whose methods are ``operation``s.

    class Things(Endpoint):
        @operation("things_list", "List things", scope="inventory", answer=ThingPage, query=[SEARCH])
        def get(self, call: Call) -> object:
            return {"count": 1, …}                   # a dict, a list, a pydantic model, None with 204, or a response

        @operation("things_create", "Make a thing", scope="inventory", status=201, answer=Thing, body=NewThing)
        def post(self, call: Call) -> object:
            body = call.read(NewThing)               # 400 with every fault; look objects up before (404 before 400)
            return shape(services.create(organization=call.organization, name=body.name))

Whatever services raise from ``core.errors`` becomes a problem document.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from pydantic import BaseModel
from pydantic_core import to_json
from rest_framework.request import Request
from rest_framework.views import APIView

from instica.api import bodies
from instica.api.authentication import Caller
from instica.api.bodies import Body
from instica.api.document import Entry, Query, describe
from instica.api.idempotency import Keyed, once
from instica.api.limits import Limited
from instica.api.permissions import Allowed, Operation
from instica.api.preconditions import tag as mark
from instica.core.errors import Fault, Invalid
from instica.people.models import Organization, Role, User

Model = TypeVar("Model", bound=Body)
Handler = Callable[..., Any]
TRUE, FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one operation."""

    request: HttpRequest
    caller: Caller
    operation: Operation

    @property
    def organization(self) -> Organization:
        """Whose data this call may touch."""
        return self.caller.organization

    @property
    def user(self) -> User:
        """Who acts."""
        return self.caller.user

    def read(self, model: type[Model]) -> Model:
        """The body as ``model``. Raises ``Invalid`` with every fault at once."""
        return bodies.fit(self.document(), model)

    def document(self) -> Any:
        """The body as it is, checked only for being JSON."""
        return bodies.parse(self.request, self.operation.largest)

    def text(self, name: str) -> str:
        """A query parameter, ``""`` when absent."""
        value = self.request.GET.get(name, "").strip()
        if "\x00" in value or len(value) > 500:
            raise refused(name, "Not text, or too long.")
        return value

    def words(self, name: str, allowed: Collection[str]) -> list[str]:
        """A parameter that may be repeated or comma-separated, each of ``allowed``."""
        given = [word.strip() for text in self.request.GET.getlist(name) for word in text.split(",")]
        found = list(dict.fromkeys(filter(None, given)))
        for word in found:
            if word not in allowed:
                raise refused(name, f"Unknown value. Choose from: {', '.join(allowed)}.")
        return found

    def texts(self, name: str, most: int) -> list[str]:
        """A comma-separated parameter, each part once. Raises ``Invalid`` when there are more than ``most``."""
        found = list(dict.fromkeys(filter(None, (part.strip() for part in self.text(name).split(",")))))
        if len(found) > most:
            raise refused(name, f"At most {most} at once.")
        return found

    def word(self, name: str, allowed: Collection[str]) -> str:
        """A parameter of ``allowed``, ``""`` when absent."""
        value = self.text(name)
        if value and value not in allowed:
            raise refused(name, f"Unknown value. Choose from: {', '.join(allowed)}.")
        return value

    def flag(self, name: str) -> bool | None:
        """A yes-or-no parameter, ``None`` when absent."""
        value = self.text(name).lower()
        if value and value not in TRUE | FALSE:
            raise refused(name, "Write true or false.")
        return value in TRUE if value else None


def refused(name: str, detail: str) -> Invalid:
    """The refusal of a query parameter."""
    return Invalid(f"{name}: {detail}", code="validation_error", faults=[Fault(detail, f"?{name}")])


class Endpoint(Limited, APIView):
    """An address; its methods are operations."""

    permission_classes = (Allowed,)
    metadata_class = None
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Never cached by others: every answer is somebody's own."""
        done = super().finalize_response(request, response, *args, **kwargs)
        done.headers.setdefault("Cache-Control", "private, no-cache")
        done["Vary"] = "Authorization, X-API-Key, Accept"
        return done


def operation(  # one keyword per fact of an operation
    name: str,
    summary: str,
    *,
    answer: type[BaseModel] | None,
    status: int = 200,
    scope: str = "",
    role: Role = Role.MEMBER,
    body: type[Body] | None = None,
    query: Sequence[Query] = (),
    headers: Sequence[OpenApiParameter] = (),
    refuses: Sequence[int] = (),
    keyed: Keyed = Keyed.WITHIN,
    largest: int = bodies.LARGEST,
    description: str = "",
    tag: str = "",
    public: bool = False,
    also: int = 0,
    starts_import: bool = False,
    media: Sequence[str] = (),
) -> Callable[[Handler], Handler]:
    """Make a method an operation: what it demands, what it answers, and its entry in the OpenAPI document."""
    entry = Entry(summary, answer, body, query, headers, refuses, description, tag, media, also)

    def wrap(handler: Handler) -> Handler:
        keying = keyed if handler.__name__ in ("post", "patch") else Keyed.NO
        about = Operation(name, scope, role, status, keying, largest, public, starts_import)
        return describe(bound(handler, about), about, entry)

    return wrap


def bound(handler: Handler, about: Operation) -> Handler:
    """The method as the framework calls it."""

    @wraps(handler)
    def run(self: Endpoint, request: Request, **kwargs: Any) -> HttpResponse:
        caller: Any = request.auth
        plain = request._request
        call = Call(plain, caller, about)

        def act() -> HttpResponse:
            response: HttpResponse = answered(handler(self, call, **kwargs), about.status)
            return response

        if about.public or about.keyed is Keyed.NO:
            return fresh(plain, act())
        bodies.content(plain, about.largest)
        route = f"{plain.method} /{getattr(plain.resolver_match, 'route', '')}"
        return once(plain, call.organization, route, about.keyed, act)

    run.operation = about  # type: ignore[attr-defined]
    return run


def answered(result: object, status: int) -> Any:
    """The result of a handler as a response."""
    if isinstance(result, HttpResponseBase):
        return result
    if status == HTTPStatus.NO_CONTENT:
        return HttpResponse(status=status)
    return HttpResponse(to_json(result), status=status, content_type="application/json")


def fresh(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Mark what was read with its hash; 304 when the client has it already."""
    if request.method not in ("GET", "HEAD") or response.status_code != HTTPStatus.OK or response.streaming:
        return response
    tag = response.get("ETag") or mark(response.content)
    known = {each.strip().removeprefix("W/") for each in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")}
    if known & {tag, "*"}:
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        del response["Content-Type"]
    response["ETag"] = tag
    return response
