"""The one place where a request finds out who is asking and enters their tenant."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import UserMixin
from flask_login import current_user as _current_user
from sqlalchemy import select, update

from app.extensions import babel, db, login
from app.l10n import Formats
from app.tenancy import acting_for
from app.tenants.access import PUBLIC, SIGNED_IN, may
from app.tenants.accounts.models import Account, AccountSession
from app.tenants.members.models import Membership
from app.tenants.permissions import Permission, is_allowed
from app.tenants.sessions import IDLE_LIMIT, hash_token, session_cookie
from app.tenants.workspace.models import Tenant
from app.web import Forbidden, Missing, see_other

SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Viewer(UserMixin):
    """The signed-in person, as plain values that outlive the session they were read with."""

    account_id: UUID
    session_id: UUID
    email: str
    name: str
    is_verified: bool
    language: str | None
    calendar: str | None
    digits: str | None
    shortcuts: bool

    def get_id(self) -> str:
        return str(self.account_id)


@dataclass(frozen=True)
class Place:
    """The tenant a request works in and the viewer's place there."""

    tenant: Tenant
    membership_id: UUID
    role: str


# Flask-Login's proxy, with the type of what is behind it once somebody has signed in.
current_user = cast("Viewer", _current_user)


# Flask-Login's proxy, with the type of what is behind it once somebody has signed in.
current_user = cast("Viewer", _current_user)


@login.request_loader  # type: ignore[untyped-decorator]
def load_viewer(_request: Any) -> Viewer | None:
    """The person behind the sign-in cookie, or None when it is unknown or too old."""
    token = request.cookies.get(session_cookie(current_app.extensions["settings"]))
    if not token:
        return None
    now = datetime.now(UTC)
    row = db.session.execute(
        select(AccountSession, Account)
        .join(Account, Account.id == AccountSession.account_id)
        .where(
            AccountSession.token_hash == hash_token(token),
            AccountSession.expires_at > now,
            AccountSession.last_seen_at > now - IDLE_LIMIT,
        )
    ).one_or_none()
    if row is None:
        return None
    if row.AccountSession.last_seen_at < now - SEEN_EVERY:
        _touch(row.AccountSession.id, now)
    return _viewer(row.AccountSession, row.Account)


def _touch(session_id: UUID, now: datetime) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            update(AccountSession).where(AccountSession.id == session_id).values(last_seen_at=now)
        )


def _viewer(session: AccountSession, account: Account) -> Viewer:
    return Viewer(
        account_id=account.id,
        session_id=session.id,
        email=account.email,
        name=account.name,
        is_verified=account.verified_at is not None,
        language=account.language,
        calendar=account.calendar,
        digits=account.digits,
        shortcuts=account.shortcuts,
    )


def place_in(slug: str, account_id: UUID) -> Place | None:
    """The account's place in the tenant of this slug; None when absent or disabled."""
    row = db.session.execute(
        select(Membership, Tenant)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .where(
            Tenant.slug == slug,
            Membership.account_id == account_id,
            Membership.disabled_at.is_(None),
        )
    ).one_or_none()
    return row and Place(row.Tenant, row.Membership.id, row.Membership.role)


def _take_slug(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "tenant_slug" in values:
        g.tenant_slug = values.pop("tenant_slug")


def _give_slug(endpoint: str, values: dict[str, Any]) -> None:
    if "tenant_slug" in values or "tenant_slug" not in g:
        return
    if current_app.url_map.is_endpoint_expecting(endpoint, "tenant_slug"):
        values["tenant_slug"] = g.tenant_slug


def _come_in() -> Response | None:
    if request.endpoint is None:
        return None
    access = getattr(current_app.view_functions.get(request.endpoint), "access", None)
    slug = g.get("tenant_slug")
    if access == PUBLIC and slug is None:
        return None
    if not current_user.is_authenticated:
        return see_other(url_for("accounts.sign_in", next=_return_path()))
    if slug is not None:
        _enter(slug)
    _check(access)
    return None


def _return_path() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None


def _enter(slug: str) -> None:
    place = place_in(slug, current_user.account_id)
    if place is None:
        raise Missing
    _stand(place)
    enter(place.tenant.id)


def _stand(place: Place) -> None:
    g.place = place
    g.formats = personal_formats(place.tenant.formats)


def enter(tenant_id: UUID) -> None:
    """Work in the tenant until the request ends; on a fresh session, so call it before writing."""
    g.tenant_scope = ExitStack()
    g.tenant_scope.enter_context(acting_for(tenant_id))


def stand_in(slug: str | None) -> None:
    """Frame a page that lies outside of workspaces with the viewer's: the named or the first.

    The tenant is not entered: the page reads none of its records.
    """
    place = (slug and place_in(slug, current_user.account_id)) or _first_place()
    if place is not None:
        g.tenant_slug = place.tenant.slug
        _stand(place)
        refresh()


def _first_place() -> Place | None:
    row = db.session.execute(
        select(Membership, Tenant)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .where(Membership.account_id == current_user.account_id, Membership.disabled_at.is_(None))
        .order_by(Tenant.name, Tenant.id)
        .limit(1)
    ).one_or_none()
    return row and Place(row.Tenant, row.Membership.id, row.Membership.role)


def _check(access: Any) -> None:
    if access == SIGNED_IN:
        return
    if isinstance(access, Permission) and "place" in g and is_allowed(g.place.role, access):
        return
    raise Forbidden(_("Your role does not allow this. Ask an owner or admin of the workspace."))


def _leave(_error: BaseException | None) -> None:
    scope: ExitStack | None = g.pop("tenant_scope", None)
    if scope is not None:
        scope.close()


def personal_formats(formats: Formats) -> Formats:
    """The formats with what the viewer chose for themselves."""
    if not current_user.is_authenticated:
        return formats
    chosen = {
        name: getattr(current_user, name)
        for name in ("language", "calendar", "digits")
        if getattr(current_user, name)
    }
    return replace(formats, **chosen)


def visitor_formats() -> Formats:
    """The formats of pages outside a workspace: the cookie's language, else the browser's."""
    chosen = request.cookies.get("language")
    if chosen not in ("en", "fa"):
        chosen = request.accept_languages.best_match(["en", "fa"]) or "en"
    persian = chosen == "fa"
    return Formats(
        language=chosen,
        calendar="jalali" if persian else "gregorian",
        digits="persian" if persian else "latin",
        timezone="Asia/Tehran" if persian else "UTC",
        currency="IRR" if persian else "USD",
        region="IR" if persian else "US",
    )


def _choose_formats() -> None:
    if "formats" not in g:
        g.formats = personal_formats(visitor_formats())


def _locale() -> str:
    formats = g.get("formats")
    return "fa_IR" if formats is not None and formats.language == "fa" else "en"


def register(app: Flask) -> None:
    """Bind the door to the app: slug, viewer, tenant, permission, language."""
    login.init_app(app)
    babel.init_app(app, locale_selector=_locale)
    app.url_value_preprocessor(_take_slug)
    app.url_defaults(_give_slug)
    # First of all: the pages of the checks that refuse a request are written in a language too.
    app.before_request_funcs.setdefault(None, []).insert(0, _choose_formats)
    app.before_request(_come_in)
    app.teardown_request(_leave)
    app.jinja_env.globals["may"] = may
