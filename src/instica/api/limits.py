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


class Limited(APIView):
    """Counts every request against its key, or against its address when it has none."""

    allowance: Allowance | None = None

    def perform_authentication(self, request: Request) -> None:
        """Authenticate and count; a wrong key counts against the address it came from."""
        try:
            super().perform_authentication(request)
        except exceptions.AuthenticationFailed:
            self.spend(request, None)
            raise
        caller: Any = request.auth
        self.spend(request, caller)

    def spend(self, request: Request, caller: Caller | None) -> None:
        """One request less; refuses when none is left."""
        limit: int = settings.THROTTLE_PER_MINUTE
        bucket = f"address:{address(request._request)}"
        if caller:
            bucket = f"key:{caller.organization.uid.hex}:{caller.token.id}"
        self.allowance = THROTTLE.admit(bucket, limit if caller else max(1, limit // STRANGERS_SHARE))
        if not self.allowance.admitted:
            raise exceptions.Throttled(wait=self.allowance.seconds)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say what is left, and count the call to its key."""
        done = super().finalize_response(request, response, *args, **kwargs)
        left = self.allowance
        if left:
            done["RateLimit-Policy"] = f'"default";q={left.limit};w={SECONDS}'
            done["RateLimit"] = f'"default";r={left.remaining};t={left.seconds}'
        caller = getattr(request, "_auth", None)
        if isinstance(caller, Caller):
            COUNTING.count(caller.token, failed=done.status_code >= 400)
        return done
