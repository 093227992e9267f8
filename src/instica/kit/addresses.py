"""Where a marketplace may be called: its own hosts, or the one origin that stands in for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from instica.kit.errors import Complaint, Refused


@dataclass(frozen=True, slots=True)
class Site:
    """A marketplace's hosts by the names we use for them. ``origin`` replaces every one of them (the sandbox)."""

    name: str
    hosts: Mapping[str, str]
    origin: str = ""

    def __post_init__(self) -> None:
        if any(urlsplit(base).scheme != "https" for base in self.hosts.values()):
            raise ValueError(f"Every host of {self.name} must be https")
        if self.origin and urlsplit(self.origin).scheme not in ("http", "https"):
            raise ValueError(f"The origin for {self.name} must be an http or https address")

    def url(self, path: str, host: str = "api") -> str:
        """The address of ``path`` on one of the hosts."""
        if not path.startswith("/"):
            raise ValueError(f"Not a path: {path!r}")
        return f"{(self.origin or self.hosts[host]).rstrip('/')}{path}"

    def rebase(self, link: str) -> str:
        """A link found in an answer, moved to the origin where there is one. Raises ``Refused`` for any other host."""
        parts = urlsplit(link)
        base = f"{parts.scheme}://{parts.netloc}"
        tail = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        for host, address in self.hosts.items():
            if base == address.rstrip("/"):
                return self.url(tail, host)
        if self.origin and base == self.origin.rstrip("/"):
            return self.url(tail, next(iter(self.hosts)))
        raise Refused([Complaint(f"{self.name} sent a link that leads outside of {self.name}")])
