"""A workspace's part of an address: suggested from the company's name, never one of our own."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator

from flask import current_app
from sqlalchemy import select

from app.extensions import db
from app.tenants.workspace.models import Tenant

SHAPE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
LONGEST = 40
# Words that an operator may want for pages or hosts of their own.
_KEPT = frozenset(
    {
        "about",
        "admin",
        "api",
        "app",
        "assets",
        "billing",
        "blog",
        "cdn",
        "contact",
        "docs",
        "help",
        "legal",
        "login",
        "logout",
        "mail",
        "pricing",
        "privacy",
        "register",
        "security",
        "settings",
        "signin",
        "signup",
        "status",
        "support",
        "terms",
        "www",
    }
)


def suggested_slug(company: str) -> str:
    """The company's name in small Latin letters, digits and hyphens; "" when none are left."""
    plain = unicodedata.normalize("NFKD", company).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST].strip("-")
    return slug if SHAPE.fullmatch(slug) else ""


def is_reserved(slug: str) -> bool:
    """Whether the address is, or may become, one of the product's own pages."""
    firsts = {rule.rule.split("/")[1] for rule in current_app.url_map.iter_rules()}
    return slug in _KEPT or slug in firsts


def is_free(slug: str) -> bool:
    """Whether a workspace can be opened at this address."""
    if is_reserved(slug):
        return False
    return db.session.scalar(select(Tenant.id).where(Tenant.slug == slug)) is None


def free_neighbour(slug: str) -> str:
    """A free address that resembles a taken one."""
    return next(candidate for candidate in _neighbours(slug) if is_free(candidate))


def _neighbours(slug: str) -> Iterator[str]:
    for number in range(2, 6):
        yield f"{slug[: LONGEST - 2]}-{number}"
    while True:
        yield f"{slug[: LONGEST - 5].rstrip('-')}-{secrets.token_hex(2)}"
