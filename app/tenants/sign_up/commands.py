"""Commands for people who automate: JSON alone on standard output, a sentence on failure."""

from __future__ import annotations

import json
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.l10n import Formats, use
from app.tenancy import acting_for, new_id
from app.tenants.fields import readable_email, tidy
from app.tenants.members.models import Membership
from app.tenants.sign_up.opening import Opening, checked_settings, open_for_owner
from app.tenants.workspace.models import Tenant
from app.web import Refused


class TenantCommands(AppGroup):
    """A group whose commands fail with one sentence, also when the database is away."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as error:
            raise click.ClickException(error.sentence) from None
        except OperationalError:
            raise click.ClickException("The database does not answer.") from None


group = TenantCommands("tenants", help="Open and list workspaces.")


@group.command()
@click.argument("slug")
@click.option("--name", required=True, help="The company's name.")
@click.option("--email", required=True, help="The owner's address; taken as verified.")
@click.option("--password", required=True, help="The owner's password.")
@click.option("--language", type=click.Choice(["en", "fa"]), default="en", show_default=True)
@click.option("--currency", help="ISO 4217; USD, or IRR in Persian.")
@click.option("--calendar", type=click.Choice(["gregorian", "jalali"]))
@click.option("--timezone", help="IANA name; UTC, or Asia/Tehran in Persian.")
def create(**options: Any) -> None:
    """Open a workspace and its owner's account, verified at once."""
    opening, tenant_id = _opening(options), new_id()
    with use(Formats(language="en")):
        settings = checked_settings(opening)
        with acting_for(tenant_id):
            described = _described(open_for_owner(opening, settings, tenant_id))
            db.session.commit()
    _print({**described, "owner": opening.email})


def _print(found: Any) -> None:
    click.echo(json.dumps(found, ensure_ascii=False))


def _opening(options: dict[str, Any]) -> Opening:
    try:
        email = readable_email(options.pop("email"))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    name = tidy(options.pop("name"))
    if not name:
        raise click.ClickException("--name must not be empty.")
    return Opening(name=name, email=email, **options)


@group.command("list")
def list_tenants() -> None:
    """List the workspaces with the number of their members."""
    members = func.count(Membership.id)
    rows = db.session.execute(
        select(Tenant, members)
        .outerjoin(Membership, Membership.tenant_id == Tenant.id)
        .group_by(Tenant.id)
        .order_by(Tenant.slug)
    )
    found = [{**_described(tenant), "members": count} for tenant, count in rows]
    _print(found)


def _described(tenant: Tenant) -> dict[str, Any]:
    """What a script needs to know of a workspace."""
    return {
        "slug": tenant.slug,
        "id": str(tenant.id),
        "name": tenant.name,
        "language": tenant.language,
        "calendar": tenant.calendar,
        "currency": tenant.currency,
        "timezone": tenant.timezone,
        "url": f"/{tenant.slug}/",
    }
