"""Wakes Django for a command, and finds whom the command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from instica.people.models import Organization


def wake() -> None:
    """Load the settings and the features; afterwards models may be imported."""
    import django

    django.setup()


def complain(message: str) -> typer.Exit:
    """Say what is wrong on standard error; raise the answer to leave with status 2."""
    typer.echo(message, err=True)
    return typer.Exit(2)


def organization(slug: str) -> Organization:
    """The organization of that slug, or the only one. Leaves with status 2 when it is not clear which."""
    from instica.people.models import Organization

    if slug:
        found = Organization.objects.filter(slug=slug).first()
        if found is None:
            raise complain(f"There is no organization {slug!r}.")
        return found
    every = list(Organization.objects.order_by("created")[:2])
    if len(every) == 1:
        return every[0]
    reason = "There is no organization yet: sign up first." if not every else "Say which one with --organization SLUG."
    raise complain(reason)
