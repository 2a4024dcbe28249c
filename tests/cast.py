"""The cast of the tests: an owner, a colleague of each role, a stranger from another company."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from app.extensions import db
from app.tenancy import acting_for
from app.tenants.accounts.models import Account, AccountSession
from app.tenants.door import hash_token, session_cookie
from app.tenants.members.models import Membership
from app.tenants.workspace.models import Tenant
from app.web import Payvand

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Company:
    """A tenant of the tests."""

    id: UUID
    slug: str


@dataclass(frozen=True)
class Member:
    """A signed-in person of the tests; `client` carries their cookie."""

    client: FlaskClient
    account_id: UUID
    membership_id: UUID
    email: str
    company: Company

    def url(self, path: str = "") -> str:
        return f"/{self.company.slug}/{path}"


class Cast:
    """Makes companies and members, each with names of their own, in the real database."""

    def __init__(self, app: Payvand) -> None:
        self.app = app

    def company(self, **settings: Any) -> Company:
        slug = f"company-{secrets.token_hex(5)}"
        with self.app.app_context():
            tenant = Tenant(slug=slug, name=settings.pop("name", slug.title()), **settings)
            db.session.add(tenant)
            db.session.commit()
            return Company(tenant.id, slug)

    def member(self, company: Company, role: str = "owner", **settings: Any) -> Member:
        email = f"{role}-{secrets.token_hex(5)}@example.com"
        token = secrets.token_urlsafe(32)
        with self.app.app_context():
            account = Account(
                email=email,
                name=settings.pop("name", f"Ada {role.title()}"),
                password_hash=settings.pop("password_hash", "!"),
                verified_at=datetime.now(UTC),
                **settings,
            )
            db.session.add(account)
            db.session.flush()
            membership = Membership(tenant_id=company.id, account_id=account.id, role=role)
            session = AccountSession(
                account_id=account.id,
                token_hash=hash_token(token),
                expires_at=datetime.now(UTC) + timedelta(days=1),
            )
            db.session.add_all([membership, session])
            db.session.commit()
            return Member(self._client(token), account.id, membership.id, email, company)

    def _client(self, token: str) -> FlaskClient:
        client = self.app.test_client()
        client.set_cookie(session_cookie(self.app.extensions["settings"]), token)
        return client

    @contextmanager
    def inside(self, company: Company) -> Iterator[None]:
        """Work in the company's tenant, as a job does; commits at the end."""
        with self.app.app_context(), acting_for(company.id):
            yield
            db.session.commit()
