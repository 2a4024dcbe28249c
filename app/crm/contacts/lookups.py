"""Reading single contacts and what their pages and forms offer to choose from."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from app.crm.contacts.models import Contact
from app.crm.contacts.search import found_contacts
from app.extensions import db
from app.l10n import sort_key
from app.tenancy import current_tenant_id
from app.tenants.accounts.models import Account
from app.tenants.members.models import Membership

MOST_OFFERED = 8
MOST_PEOPLE = 50


def contact_with_id(contact_id: UUID, *, deleted: bool = False) -> Contact | None:
    """The contact of this id; a deleted one only when asked for."""
    query = select(Contact).where(Contact.id == contact_id)
    if not deleted:
        query = query.where(Contact.deleted_at.is_(None))
    return db.session.scalar(query)


def owners() -> list[tuple[UUID, str]]:
    """(membership id, name) of the members who may own contacts, by name."""
    rows = db.session.execute(
        select(Membership.id, Account.name)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.tenant_id == current_tenant_id(), Membership.disabled_at.is_(None))
    )
    return sorted(((id_, name) for id_, name in rows), key=lambda row: sort_key(row[1]))


def owner_name(membership_id: UUID | None) -> str | None:
    """The name of a member, disabled or not."""
    if membership_id is None:
        return None
    return db.session.scalar(
        select(Account.name)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.tenant_id == current_tenant_id(), Membership.id == membership_id)
    )


def companies_like(text: str) -> list[Contact]:
    """Companies that the text finds, for the field that offers them as one types."""
    if not text.strip():
        return []
    found = found_contacts(text)
    return list(
        db.session.scalars(
            select(Contact)
            .where(_is_company(), Contact.id.in_(select(found.c.contact_id)))
            .order_by(Contact.sort_key, Contact.id)
            .limit(MOST_OFFERED)
        )
    )


def companies_named(text: str) -> list[Contact]:
    """The companies with this name, in any spelling, or with this reference."""
    named = or_(Contact.sort_key == sort_key(text), Contact.reference == text)
    return list(
        db.session.scalars(
            select(Contact).where(_is_company(), named).order_by(Contact.id).limit(MOST_OFFERED)
        )
    )


def _is_company() -> ColumnElement[bool]:
    return (Contact.kind == "company") & Contact.deleted_at.is_(None)


def people_of(company_id: UUID) -> list[Contact]:
    """The people who belong to a company, by name."""
    return list(
        db.session.scalars(
            select(Contact)
            .where(Contact.company_id == company_id, Contact.deleted_at.is_(None))
            .order_by(Contact.sort_key, Contact.id)
            .limit(MOST_PEOPLE)
        )
    )


def contact_with_reference(reference: str) -> Contact | None:
    """The contact that has this reference, deleted ones too: references are never used twice."""
    return db.session.scalar(select(Contact).where(Contact.reference == reference))


def duplicates_of(email: str | None, phone: str | None, but: UUID | None) -> list[Contact]:
    """Other contacts with the same email or phone, oldest first."""
    same = [Contact.email == email] if email else []
    same += [Contact.phone == phone] if phone else []
    if not same:
        return []
    query = select(Contact).where(or_(*same), Contact.deleted_at.is_(None))
    if but is not None:
        query = query.where(Contact.id != but)
    return list(db.session.scalars(query.order_by(Contact.created_at).limit(3)))
