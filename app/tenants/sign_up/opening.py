"""Opening a workspace without a browser: for commands, whose owner needs no mail to be believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from babel.core import get_global

from app.extensions import db
from app.l10n import currencies, time_zones
from app.tenancy import new_id
from app.tenants.accounts.models import Account
from app.tenants.accounts.queries import account_of
from app.tenants.members.actions import add_owner
from app.tenants.passwords import hash_password, is_password, weakness
from app.tenants.sign_up.slugs import SHAPE, is_free
from app.tenants.workspace.actions import money_unit, open_workspace
from app.tenants.workspace.defaults import defaults_for
from app.tenants.workspace.models import Tenant
from app.web import Refused


@dataclass(frozen=True)
class Opening:
    """A workspace to open; what is None follows from the language."""

    slug: str
    name: str
    email: str
    password: str
    language: str = "en"
    currency: str | None = None
    calendar: str | None = None
    timezone: str | None = None


def checked_settings(opening: Opening) -> dict[str, Any]:
    """The workspace's settings; raises Refused with an English sentence when one is wrong."""
    if not SHAPE.fullmatch(opening.slug):
        raise Refused("SLUG must be 3 to 40 small Latin letters, digits and hyphens.")
    if not is_free(opening.slug):
        raise Refused(f"The address {opening.slug} is taken.")
    defaults = defaults_for(opening.language, [])
    currency = (opening.currency or defaults.currency).upper()
    if currency not in dict(currencies()):
        raise Refused(f"{currency} is not a currency: use an ISO 4217 code such as USD.")
    persian = opening.language == "fa"
    timezone = opening.timezone or (defaults.timezone if persian else "UTC")
    if timezone not in dict(time_zones()):
        raise Refused(f"{timezone} is not a time zone: use an IANA name such as Europe/London.")
    return {
        "name": opening.name,
        "language": opening.language,
        "calendar": opening.calendar or defaults.calendar,
        "digits": defaults.digits,
        "timezone": timezone,
        "currency": currency,
        "money_unit": money_unit(currency, persian),
        "region": defaults.region if persian else _region(timezone) or defaults.region,
    }


def _region(timezone: str) -> str | None:
    region = get_global("zone_territories").get(timezone)
    return region if region and len(region) == 2 and region.isalpha() else None


def open_for_owner(opening: Opening, settings: dict[str, Any], tenant_id: UUID) -> Tenant:
    """Open the workspace in the tenant entered and make the owner a verified member of it.

    An account that has the address is used when the password fits it; else Refused.
    """
    tenant = open_workspace(tenant_id, opening.slug, **settings)
    account = account_of(opening.email)
    if account is None:
        account = _new_account(opening)
    elif not is_password(account.password_hash, opening.password):
        raise Refused(f"{opening.email} has an account, and this password does not fit it.")
    account.verified_at = account.verified_at or datetime.now(UTC)
    add_owner(tenant, account)
    return tenant


def _new_account(opening: Opening) -> Account:
    weak = weakness(opening.password, opening.name, opening.slug, opening.email)
    if weak is not None:
        raise Refused(str(weak))
    account = Account(
        id=new_id(),
        email=opening.email,
        name=opening.email.partition("@")[0].replace(".", " ").title(),
        password_hash=hash_password(opening.password),
        language=opening.language,
    )
    db.session.add(account)
    return account
