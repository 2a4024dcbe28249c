"""The tenant scope: entered once, never switched, gone with the transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from app.crm.contacts.models import Contact
from app.extensions import db
from app.tenancy import TenantScopeError, acting_for
from app.web import Payvand
from tests.cast import Cast


def test_a_tenant_sees_its_own_contacts_only(cast: Cast) -> None:
    ours, theirs = cast.company(), cast.company()
    with cast.inside(ours):
        db.session.add(Contact(name="Ours"))
    with cast.inside(theirs):
        assert db.session.scalars(select(Contact)).all() == []
    with cast.inside(ours):
        assert [contact.name for contact in db.session.scalars(select(Contact))] == ["Ours"]


def test_a_scope_refuses_to_switch_tenants(cast: Cast, app: Payvand) -> None:
    ours, theirs = cast.company(), cast.company()
    with app.app_context(), acting_for(ours.id):
        with pytest.raises(TenantScopeError), acting_for(theirs.id):
            pass


def test_outside_a_tenant_there_are_no_rows_and_no_inserts(cast: Cast, app: Payvand) -> None:
    with cast.inside(cast.company()):
        db.session.add(Contact(name="Hidden"))
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM contacts")) == 0
        db.session.add(Contact(name="Nowhere"))
        with pytest.raises(StatementError, match="No tenant has been entered"):
            db.session.flush()
        db.session.rollback()
