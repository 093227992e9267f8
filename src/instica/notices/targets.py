"""Where webhooks may be sent: to addresses of the public network, and to hosts that the operator named himself.

A stranger's address must not make us talk to our own network: not by a literal address in whatever spelling, not by a
name that leads there, and not by a name that leads elsewhere the second time it is looked up.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from instica.people.validation import fault

LONGEST = 500
PORTS = {"http": 80, "https": 443}
NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
PRINTABLE = re.compile(r"[!-~]+")
UNICAST = ipaddress.ip_network("2000::/3")
CARRIERS = [ipaddress.ip_network(text) for text in ("2002::/16", "2001::/32")]
"""IPv6 networks that carry IPv4 addresses inside: whoever routes them may lead anywhere. Others lie outside of 2000."""


class NotAllowed(Exception):
    """That host may not be sent to."""


class NotFoundThere(Exception):
    """That name leads nowhere."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where one attempt goes: the host as named, and the only addresses a connection may be made to."""

    url: str
    addresses: tuple[str, ...]


def check(url: str) -> str:
    """The address as it is kept. Raises ``Invalid`` at ``#/url`` for what can be told without looking the name up."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", _port(parts)
    except ValueError:
        raise fault("Write a whole address, such as https://example.com/hooks.", "url") from None
    if not host or parts.scheme not in PORTS or len(text) > LONGEST or not PRINTABLE.fullmatch(text):
        raise fault("Write a whole address, such as https://example.com/hooks; names in ASCII.", "url")
    if parts.username is not None or parts.fragment:
        raise fault("Leave out user, password and fragment: the signature proves who is calling.", "url")
    if is_listed(host, port):
        return text
    if parts.scheme != "https":
        raise fault("Use https: http goes only to hosts this hub's operator allows.", "url")
    _check_name(host)
    return text


def resolve(url: str) -> Target:
    """Look the name up, once. Raises ``NotAllowed`` when any address it leads to is not public, ``NotFoundThere``."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", _port(parts)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotFoundThere(f"The name {host} cannot be found.") from None
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not is_listed(host, port):
        if parts.scheme != "https":
            raise NotAllowed("http goes only to hosts this hub's operator allows.")
        for address in addresses:
            if not is_public(address):
                raise NotAllowed(f"{host} leads to {address}, which is no public address.")
    return Target(url, addresses)


def is_listed(host: str, port: int) -> bool:
    """Whether the operator allows that host, or that host at that port, whatever it leads to."""
    named = f"[{host}]" if ":" in host else host
    return host in settings.WEBHOOK_HOSTS or f"{named}:{port}" in settings.WEBHOOK_HOSTS


def is_public(address: str) -> bool:
    """Whether everybody on the network would reach the same machine there."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if found not in UNICAST or any(found in network for network in CARRIERS):
            return False
    return found.is_global and not found.is_multicast and "%" not in address


def _check_name(host: str) -> None:
    """Refuse what is plainly not public: a literal address that is not, or a number in disguise."""
    refusal = fault(f"{host} is no public address. The operator can allow it by INSTICA_WEBHOOK_HOSTS.", "url")
    try:
        literal = is_public(host)
    except ValueError:
        labels = host.rstrip(".").split(".")
        if NUMERIC.fullmatch(labels[-1]) or labels[-1] in ("localhost", "local", "internal") or len(labels) < 2:
            raise refusal from None
        return
    if not literal:
        raise refusal


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS.get(parts.scheme, 0)
