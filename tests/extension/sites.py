"""The three sites at their real host names: one TLS server with a certificate of its own, a simulator behind each."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from instica import marketplaces
from instica.kit.simulation.shell import Simulation
from instica.sandbox.server import Server

HOSTS = {
    "www.redbubble.com": "redbubble",
    "www.teepublic.com": "teepublic",
    "society6.com": "society6",
    "studio.society6.com": "society6",
}
PICTURES = (*(f"ih{number}.redbubble.net" for number in range(4)), "images.teepublic.com", "cdn.shopify.com")
Page = Callable[[dict[str, Any]], tuple[str, str, bytes] | None]


class Sites:
    """``sites["redbubble"]`` is its simulator; ``instead`` may answer a request with (status, type, body) before it."""

    def __init__(self, folder: Path) -> None:
        self.simulators: dict[str, Simulation] = {}
        self.instead: Page = lambda environ: None
        self.asked: list[str] = []
        certificate, self.pin = certify(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.server = Server(0, self.answer)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=True
        )
        self.port = int(self.server.server_address[1])
        self.server.start()

    def __getitem__(self, slug: str) -> Any:
        if slug not in self.simulators:
            self.simulators[slug] = marketplaces.every()[slug].load("simulator")("", seed=1, listings=60)
        return self.simulators[slug]

    def fresh(self, listings: int = 60) -> None:
        """Every site as it was at first, with so many designs."""
        self.instead = lambda environ: None
        self.asked.clear()
        for slug in set(HOSTS.values()):
            self[slug].reset(seed=1, listings=listings)
            self[slug].switches.restore()

    def answer(self, environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        """The site that the request names."""
        host = environ.get("HTTP_HOST", "").partition(":")[0]
        query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
        self.asked.append(f"{environ['REQUEST_METHOD']} {host}{environ['PATH_INFO']}{query}")
        environ["wsgi.url_scheme"] = "https"
        if other := self.instead(environ):
            status, kind, body = other
            start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
            return [body]
        if host not in HOSTS:
            start("404 Not Found", [("Content-Length", "0")])
            return [b""]
        site: Callable[..., Iterable[bytes]] = self[HOSTS[host]]
        return site(environ, start)

    def rules(self) -> str:
        """How Chromium finds them, and finds nobody else."""
        mapped = [f"MAP {host}:443 127.0.0.1:{self.port}" for host in HOSTS]
        return ", ".join([*mapped, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1", "EXCLUDE localhost"])


def certify(folder: Path) -> tuple[Path, str]:
    """A certificate with its key in one file, and the pin by which a browser takes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "instica-tests")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=3650))
        .not_valid_after(now + dt.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "sites.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return path, base64.b64encode(hashlib.sha256(public).digest()).decode()
