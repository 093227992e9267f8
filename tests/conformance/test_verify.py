"""What ``make verify`` runs against a real account, run against a served simulator as its stand-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from instica.kit.contract import Marketplace
from instica.sandbox import start

ROOT = Path(__file__).resolve().parents[2]


def verified(marketplace: Marketplace, grant: dict[str, str], shop: dict[str, str]) -> tuple[int, str]:
    """The exit status and what was printed."""
    name = marketplace.slug.upper()
    running = start(0, only=[marketplace.slug])
    environment = {
        "INSTICA_VERIFY": marketplace.slug,
        "INSTICA_VERIFY_GRANT": json.dumps(grant),
        "INSTICA_VERIFY_SHOP": json.dumps(shop),
        f"INSTICA_{name}_ORIGIN": running.urls[marketplace.slug],
        f"INSTICA_{name}_CLIENT_ID": "sandbox",
        f"INSTICA_{name}_CLIENT_SECRET": "sandbox-secret",
    }
    command = [sys.executable, "-m", "pytest", "tests/conformance/verify.py", "-q", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=100, check=False
        )
    finally:
        running.stop()
    return done.returncode, done.stdout


def test_a_sound_account_passes(marketplace: Marketplace) -> None:
    facts = import_module(f"instica.marketplaces.{marketplace.slug}.tests.facts")
    status, said = verified(
        marketplace, {name: secret.reveal() for name, secret in facts.SECRETS.items()}, facts.ACCOUNT
    )
    assert status == 0, said
    assert "7 passed" in said


def test_a_grant_that_is_no_good_fails(marketplace: Marketplace) -> None:
    facts = import_module(f"instica.marketplaces.{marketplace.slug}.tests.facts")
    status, said = verified(marketplace, dict.fromkeys(facts.SECRETS, "wrong"), facts.ACCOUNT)
    assert status == 1
    assert "SignInAgain" in said
