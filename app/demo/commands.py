"""`flask demo`: companies to look around in, made up on a real purchase history."""

from __future__ import annotations

import json

import click
from flask import current_app
from flask.cli import AppGroup

from app.config import Settings
from app.demo.members import PASSWORD, AddressTaken
from app.demo.removal import CannotRemove, remove
from app.demo.seeding import demo_tenant, seed
from app.demo.story import LANGUAGES, Story, load_story
from app.extensions import db

commands = AppGroup("demo", help="Demo companies to look around in.")
language_option = click.option(
    "--language", type=click.Choice([*LANGUAGES, "both"]), default="both", show_default=True
)


@commands.command("seed")
@language_option
@click.option("--again", is_flag=True, help="Remove a demo company that is there and make it anew.")
@click.option("--allow-production", is_flag=True, help="Seed even in production.")
def seed_command(language: str, again: bool, allow_production: bool) -> None:
    """Make the demo companies that are not there yet; prints their sign-ins as JSON."""
    settings: Settings = current_app.extensions["settings"]
    if settings.is_production and not allow_production:
        raise click.ClickException(
            "This is production, and a demo's password is known to all: add --allow-production."
        )
    stories = _stories(language)
    try:
        for story in stories:
            if again:
                _remove(story)
            seed(story)
    except (AddressTaken, CannotRemove) as error:
        raise click.ClickException(str(error)) from error
    click.echo(_json({"workspaces": [_sign_in(story) for story in stories]}))


@commands.command("remove")
@language_option
def remove_command(language: str) -> None:
    """Remove the demo companies with everything in them; prints which there were as JSON."""
    try:
        removed = [story.workspace["slug"] for story in _stories(language) if _remove(story)]
    except (AddressTaken, CannotRemove) as error:
        raise click.ClickException(str(error)) from error
    click.echo(_json({"removed": removed}))


def _stories(language: str) -> list[Story]:
    return [load_story(one) for one in LANGUAGES if language in (one, "both")]


def _remove(story: Story) -> bool:
    tenant = demo_tenant(story)
    tenant_id = tenant.id if tenant else None
    db.session.remove()
    if tenant_id is not None:
        remove(story, tenant_id)
    return tenant_id is not None


def _sign_in(story: Story) -> dict[str, str]:
    return {
        "name": story.workspace["name"],
        "url_path": f"/{story.workspace['slug']}/",
        "email": story.members[0]["email"],
        "password": PASSWORD,
        "language": story.language,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
