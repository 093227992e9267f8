"""Killed between a webhook's arrival and writing that down: it is sent again, and says that it is the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.features.receiver import receiving

COMMAND = [sys.executable, "-m", "tests.stories.webhook_worker"]


@pytest.mark.engine
def test_kill_nine(tmp_path: Path) -> None:
    with receiving() as receiver:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.stories.settings",
            "INSTICA_DATA_DIR": str(tmp_path),
            "INSTICA_TEST_DATABASE_URL": "",
            "INSTICA_WEBHOOK_HOSTS": "127.0.0.1",
            "RECEIVER": receiver.url,
        }
        worker = subprocess.Popen([*COMMAND, "begin"], env=environment, stdout=subprocess.DEVNULL)

        def kill() -> None:
            receiver.meanwhile = None
            worker.kill()
            worker.wait()

        receiver.meanwhile = kill
        assert worker.wait() == -signal.SIGKILL
        assert len(receiver.came) == 1
        output = subprocess.run([*COMMAND, "again"], env=environment, check=True, capture_output=True, text=True).stdout
        assert json.loads(output.splitlines()[-1]) == {
            "leased": [["waiting", 0]],
            "later": [["delivered", 1]],
            "messages": 1,
        }
        assert receiver.ids == [receiver.ids[0]] * 2
