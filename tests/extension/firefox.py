"""Firefox with the extension in it, driven over WebDriver BiDi; no driver program is needed."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from scripts.build_extension import manifest, unpack
from websockets.sync.client import connect

from tests.extension.sites import HOSTS, PICTURES, Sites

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
OPEN = (*(f"https://{host}/*" for host in HOSTS), "http://127.0.0.1/*", "http://localhost/*")
PATIENCE = 30.0


class Firefox:
    """``popup`` and ``page`` are ids of tabs; ``evaluate`` runs an expression in one and waits for what it promises."""

    def __init__(self, folder: Path, sites: Sites) -> None:
        self.place = unpack(folder / "extension", "firefox", OPEN)
        self.origin = f"moz-extension://{(number := str(uuid.uuid4()))}"
        port = free_port()
        (folder / "profile").mkdir()
        (folder / "profile" / "user.js").write_text(preferences(number, sites))
        self.process = subprocess.Popen(
            [
                *(str(FIREFOX), "--headless", "--no-remote", "--remote-allow-system-access"),
                *("--profile", str(folder / "profile"), "--remote-debugging-port", str(port)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"HOME": str(folder), "MOZ_HEADLESS": "1", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
        self.asked = 0
        self.stack = ExitStack()
        self.stack.callback(self.end)
        try:
            self.wire = self.stack.enter_context(reach(port))
            self.begin()
        except BaseException:
            self.stop()
            raise

    def begin(self) -> None:
        """Take over the browser and put the extension into it."""
        self.ask("session.new", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": True}}})
        self.ask("webExtension.install", {"extensionData": {"type": "path", "path": str(self.place)}})

    def ask(self, method: str, about: dict[str, Any]) -> dict[str, Any]:
        """One command and its result. Raises ``AssertionError`` with what Firefox says against it."""
        self.asked += 1
        self.wire.send(json.dumps({"id": self.asked, "method": method, "params": about}))
        while True:
            said = json.loads(self.wire.recv(timeout=PATIENCE))
            if said.get("id") == self.asked:
                assert said["type"] == "success", said
                result: dict[str, Any] = said["result"]
                return result

    def open(self, url: str) -> str:
        """A new tab that shows an address."""
        tab: str = self.ask("browsingContext.create", {"type": "tab"})["context"]
        self.ask("browsingContext.navigate", {"context": tab, "url": url, "wait": "complete"})
        return tab

    def evaluate(self, tab: str, expression: str) -> Any:
        """What an expression comes to, as JSON."""
        wrapped = f"(async () => JSON.stringify((await ({expression})) ?? null))()"
        about = {"expression": wrapped, "target": {"context": tab}, "awaitPromise": True, "userActivation": True}
        said = self.ask("script.evaluate", about)
        assert said["type"] == "success", said
        return json.loads(said["result"]["value"])

    def until(self, tab: str, expression: str) -> Any:
        """The expression's value once it is true."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if value := self.evaluate(tab, expression):
                return value
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}")

    def click(self, tab: str, selector: str) -> None:
        """Click as a hand does, once the element is there."""
        there = f"document.querySelector({json.dumps(selector)})"
        self.until(tab, f"{there} !== null")
        box = f"(({there}).scrollIntoView({{ block: 'center' }}), ({there}).getBoundingClientRect().toJSON())"
        place = self.evaluate(tab, box)
        x, y = (round(place[start] + place[length] / 2) for start, length in (("x", "width"), ("y", "height")))
        hand = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}]
        hand.append({"type": "pointerUp", "button": 0})
        self.ask("browsingContext.activate", {"context": tab})
        self.ask(
            "input.performActions",
            {"context": tab, "actions": [{"type": "pointer", "id": "hand", "actions": hand}]},
        )

    def stop(self) -> None:
        """Close it."""
        self.stack.close()

    def end(self) -> None:
        """End the process."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def preferences(number: str, sites: Sites) -> str:
    """A quiet browser that finds the sites at our server and whose name for the extension is known."""
    identity = manifest("firefox")["browser_specific_settings"]["gecko"]["id"]
    values = {
        "extensions.webextensions.uuids": json.dumps({identity: number}),
        "network.dns.localDomains": ",".join([*HOSTS, *PICTURES]),
        "network.socket.forcePort": f"443={sites.port}",
        "network.proxy.type": 0,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "browser.aboutwelcome.enabled": False,
        "browser.startup.page": 0,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.enabled": False,
        "app.update.auto": False,
        "extensions.update.enabled": False,
        "services.settings.server": "data:,",
    }
    return "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in values.items())


def reach(port: int) -> connect:
    """A wire to it, once it listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return connect(f"ws://127.0.0.1:{port}/session", max_size=None, proxy=None)
        assert time.monotonic() < deadline, "Firefox does not listen"
        time.sleep(0.1)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
