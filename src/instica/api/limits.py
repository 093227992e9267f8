"""How often one may call: admits a request before it is worked on and says what is left."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView

from instica.api.authentication import Caller
from instica.api.throttles import SECONDS, THROTTLE, Allowance
from instica.api.usage import COUNTING

STRANGERS_SHARE = 10


def address(request: HttpRequest) -> str:
    """Where a request comes from: the last hop that is not a proxy of ours."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    return hops[-trusted][:64] if 0 < trusted <= len(hops) else str(request.META.get("REMOTE_ADDR", ""))


def worded(name: str, left: Allowance) -> tuple[str, str]:
    """A limit and what is left of it, as the headers ``RateLimit-Policy`` and ``RateLimit`` name them."""
    return f'"{name}";q={left.limit};w={SECONDS}', f'"{name}";r={left.remaining};t={left.seconds}'


class Limited(APIView):
    """Counts every request against its key or address, and what starts an import against its organization too."""

    allowances: tuple[tuple[str, Allowance], ...] = ()

    def perform_authentication(self, request: Request) -> None:
        """Authenticate and count; a wrong key counts against the address it came from."""
        try:
            super().perform_authentication(request)
        except exceptions.AuthenticationFailed:
            self.count(request, None)
            raise
        caller: Any = request.auth
        self.count(request, caller)

    def check_throttles(self, request: Request) -> None:
        """Who may start an import has only so many starts, whichever key of the organization asks."""
        about = getattr(getattr(self, (request.method or "").lower(), None), "operation", None)
        if about and about.starts_import:
            caller: Any = request.auth
            self.spend("imports", f"imports:{caller.organization.uid.hex}", settings.IMPORTS_PER_MINUTE)

    def count(self, request: Request, caller: Caller | None) -> None:
        """One request less of the key's or the address's."""
        limit: int = settings.THROTTLE_PER_MINUTE
        if caller:
            self.spend("default", f"key:{caller.organization.uid.hex}:{caller.token.id}", limit)
        else:
            self.spend("default", f"address:{address(request._request)}", max(1, limit // STRANGERS_SHARE))

    def spend(self, policy: str, bucket: str, limit: int) -> None:
        """One less in the bucket; refuses when none is left."""
        allowance = THROTTLE.admit(bucket, limit)
        self.allowances += ((policy, allowance),)
        if not allowance.admitted:
            raise exceptions.Throttled(wait=allowance.seconds)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say what is left of each limit, and count the call to its key."""
        done = super().finalize_response(request, response, *args, **kwargs)
        if self.allowances:
            done["RateLimit-Policy"] = ", ".join(
                f'"{name}";q={each.limit};w={SECONDS}' for name, each in self.allowances
            )
            done["RateLimit"] = ", ".join(
                f'"{name}";r={each.remaining};t={each.seconds}' for name, each in self.allowances
            )
        caller = getattr(request, "_auth", None)
        if isinstance(caller, Caller):
            COUNTING.count(caller.token, failed=done.status_code >= 400)
        return done
