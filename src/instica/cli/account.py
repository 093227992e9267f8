"""Commands about accounts: API tokens and subscriptions."""

from __future__ import annotations

from typing import Annotated

import typer

from instica.cli.ready import complain, open_database, organization

tokens = typer.Typer(help="API tokens.", no_args_is_help=True)
subscription = typer.Typer(help="An organization's subscription.", no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="Slug of the organization; not needed where there is one.")]
OrganizationOption = Annotated[str, typer.Option("--organization", help="Slug of the organization.")]


@tokens.command("create")
def create_token(name: str, organization_slug: OrganizationOption = "") -> None:
    """Make a token with all rights of the organization's owner, and print it once."""
    open_database()
    from instica.people import tokens as people_tokens
    from instica.people.models import Membership, Role

    house = organization(organization_slug)
    owner = Membership.objects.select_related("user").get(organization=house, role=Role.OWNER).user
    _, plain = people_tokens.issue(user=owner, organization=house, name=name)
    typer.echo(plain)


@tokens.command("list")
def list_tokens(organization_slug: OrganizationOption = "") -> None:
    """List the tokens of an organization."""
    open_database()
    for token in organization(organization_slug).tokens.order_by("id"):
        used = f"{token.last_used:%Y-%m-%d}" if token.last_used else "never used"
        typer.echo(f"{token.id:>4}  {token.name:<30} {token.created:%Y-%m-%d}  {used}")


@tokens.command("revoke")
def revoke_token(number: int, organization_slug: OrganizationOption = "") -> None:
    """Delete the token of that number."""
    open_database()
    deleted, _ = organization(organization_slug).tokens.filter(id=number).delete()
    if not deleted:
        raise complain(f"There is no token {number}. `instica tokens list` shows them.")


@subscription.command("end")
def end(slug: Slug = "") -> None:
    """End an organization's subscription; listing then answers 402."""
    change(slug, active=False)


@subscription.command("start")
def start(slug: Slug = "") -> None:
    """Start an organization's subscription again."""
    change(slug, active=True)


def change(slug: str, *, active: bool) -> None:
    """Switch the subscription of the organization of that slug."""
    open_database()
    from instica.people import services

    verb = services.start_subscription if active else services.end_subscription
    house = organization(slug)
    verb(organization=house)
    typer.echo(f"The subscription of {house.display_name} is {'active' if active else 'ended'}.")
