"""What the tests of the seeded companies share."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from app.demo.story import load_story
from app.extensions import db
from app.tenants.workspace.models import Tenant
from app.web import Payvand


def run(app: Payvand, *arguments: str) -> Any:
    """What a command printed, read as JSON."""
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def tenant_of(app: Payvand, language: str) -> Tenant:
    slug = load_story(language).workspace["slug"]
    with app.app_context():
        return db.session.scalars(select(Tenant).where(Tenant.slug == slug)).one()
