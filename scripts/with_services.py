"""Runs a command with PostgreSQL and Redis: those the environment names, else throwaway servers ended afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

PATIENCE = 30.0


def main() -> int:
    """Start what is missing, run the command, stop what was started."""
    with ExitStack() as stack:
        for name, start in (("INSTICA_TEST_POSTGRES_URL", postgres), ("INSTICA_TEST_REDIS_URL", redis)):
            url = os.environ.get(name) or start(stack)
            if url:
                os.environ[name] = url
        if os.environ.get("INSTICA_TEST_DATABASE") == "postgresql":
            os.environ["INSTICA_TEST_DATABASE_URL"] = os.environ["INSTICA_TEST_POSTGRES_URL"]
        return subprocess.call(sys.argv[1:])


def postgres(stack: ExitStack, *, safe: bool = False) -> str:
    """A cluster in a temporary folder, or nothing when PostgreSQL is not installed.

    Its commits reach the disk only where it is to be ``safe``, as a real one's do.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        return ""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="instica-pg-")))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    owner = {"user": user} if os.geteuid() == 0 else {}
    data, port = folder / "data", free_port()
    initialise = [programs[-1] / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-N"]
    subprocess.run(initialise, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)  # type: ignore[call-overload]
    options = ["-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-c", "max_connections=200"]
    options += [] if safe else ["-c", "fsync=off"]
    serve(stack, [str(programs[-1] / "postgres"), "-D", str(data), *options], port, folder, owner)
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def redis(stack: ExitStack) -> str:
    """A Redis that keeps nothing, or nothing when it is not installed."""
    program = shutil.which("redis-server")
    if not program:
        return ""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="instica-redis-")))
    port = free_port()
    serve(stack, [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""], port, folder, {})
    return f"redis://127.0.0.1:{port}/0"


def serve(stack: ExitStack, command: list[str], port: int, folder: Path, owner: dict[str, str]) -> None:
    """Start a server and wait until it listens; it is ended with the stack."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **owner)  # type: ignore[call-overload]
    stack.callback(end, process)
    wait_for(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close())


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a server to stop, and see that it does."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for(reached: Callable[[], None]) -> None:
    """Until ``reached`` raises no ``OSError`` any more."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return reached()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
