"""What the frame around each page shows: navigation, workspaces, the person at work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.config import Settings
from app.extensions import db
from app.l10n import initials
from app.tenants.access import may
from app.tenants.door import current_user
from app.tenants.members.models import Membership
from app.tenants.permissions import Permission
from app.tenants.workspace.models import Tenant


@dataclass(frozen=True)
class Entry:
    """A place to go to, offered to roles that have the permission."""

    label: Any
    icon: str
    endpoint: str
    permission: Permission
    children: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Item:
    """An entry as the page shows it."""

    label: Any
    icon: str
    url: str
    is_active: bool
    count: int | None = None
    children: list[Item] = field(default_factory=list)


GROUPS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        None,
        (
            Entry(_l("Today"), "list-checks", "today.page", Permission.CONTACTS_READ),
            Entry(_l("Contacts"), "users", "contacts.page", Permission.CONTACTS_READ),
            Entry(_l("Orders"), "receipt", "orders.page", Permission.ORDERS_READ),
            Entry(_l("Products"), "boxes", "products.page", Permission.PRODUCTS_READ),
        ),
    ),
    (
        _l("Understand"),
        (
            Entry(
                _l("Reports"),
                "chart-line",
                "reports.page",
                Permission.REPORTS_READ,
                (
                    Entry(_l("Retention"), "refresh-cw", "retention.page", Permission.REPORTS_READ),
                    Entry(_l("Segments"), "layers", "segments.page", Permission.REPORTS_READ),
                    Entry(_l("Customer value"), "banknote", "clv.page", Permission.REPORTS_READ),
                ),
            ),
        ),
    ),
    (
        _l("Bring in"),
        (Entry(_l("Imports"), "upload", "imports.page", Permission.IMPORTS_RUN),),
    ),
)

CREATE = (
    Entry(_l("Add contact"), "users", "contacts.new", Permission.CONTACTS_WRITE),
    Entry(_l("Add order"), "receipt", "orders.new", Permission.ORDERS_WRITE),
    Entry(_l("Add product"), "boxes", "products.new", Permission.PRODUCTS_WRITE),
    Entry(_l("Import orders"), "upload", "imports.new", Permission.IMPORTS_RUN),
)


@dataclass(frozen=True)
class Shell:
    """The frame's content; plain values only."""

    tenant_name: str
    tenant_slug: str
    home_url: str
    search_url: str
    groups: list[tuple[Any, list[Item]]]
    settings_url: str | None
    workspaces: list[tuple[str, str, bool]]
    create_actions: list[tuple[Any, str, str]]
    person_name: str
    person_initials: str
    profile_url: str
    sign_out_url: str
    is_read_only: bool


def home_url(slug: str) -> str:
    """The first page of a workspace."""
    return url_for("today.page", tenant_slug=slug)


def _item(entry: Entry) -> Item:
    url = url_for(entry.endpoint)
    children = [_item(child) for child in entry.children if may(child.permission)]
    inside = request.path == url or (
        entry.endpoint != "today.page" and request.path.startswith(url.rstrip("/") + "/")
    )
    return Item(entry.label, entry.icon, url, inside, None, children)


def _groups() -> list[tuple[Any, list[Item]]]:
    found = []
    for heading, entries in GROUPS:
        items = [_item(entry) for entry in entries if may(entry.permission)]
        if items:
            found.append((heading, items))
    return found


def _workspaces() -> list[tuple[str, str, bool]]:
    rows = db.session.execute(
        select(Tenant.name, Tenant.slug)
        .join(Membership, Membership.tenant_id == Tenant.id)
        .where(
            Membership.account_id == current_user.account_id,
            Membership.disabled_at.is_(None),
        )
        .order_by(Tenant.name)
    )
    here = g.place.tenant.slug
    return [(name, home_url(slug), slug == here) for name, slug in rows]


def shell() -> Shell | None:
    """The frame of the workspace entered; None outside one."""
    if "place" not in g:
        return None
    tenant: Tenant = g.place.tenant
    return Shell(
        tenant_name=tenant.name,
        tenant_slug=tenant.slug,
        home_url=url_for("today.page"),
        search_url=url_for("contacts.page"),
        groups=_groups(),
        settings_url=url_for("workspace.settings"),
        workspaces=_workspaces(),
        create_actions=[
            (entry.label, entry.icon, url_for(entry.endpoint))
            for entry in CREATE
            if may(entry.permission)
        ],
        person_name=current_user.name,
        person_initials=initials(current_user.name),
        profile_url=url_for("accounts.profile", workspace=tenant.slug),
        sign_out_url=url_for("accounts.sign_out"),
        is_read_only=g.place.role == "read-only",
    )


def _context() -> dict[str, Any]:
    settings: Settings = current_app.extensions["settings"]
    formats = g.formats
    shows_mailbox = settings.smtp_url is None and not settings.is_production
    theme = request.cookies.get("theme")
    return {
        "shell": shell(),
        "language": formats.language,
        "direction": formats.direction,
        "theme": theme if theme in ("light", "dark") else "system",
        "preferences_url": url_for("accounts.preferences"),
        "development_mailbox_url": url_for("mailbox.page") if shows_mailbox else None,
    }


def register(app: Flask) -> None:
    app.context_processor(_context)
