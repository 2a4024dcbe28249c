"""What every view shares: rendering, the one commit, the errors people see, headers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, Response, current_app, make_response, redirect, request
from flask import render_template as render_page
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from jinja2 import StrictUndefined
from jinja2_fragments.flask import render_block
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from app.config import Settings
from app.extensions import csrf, db, htmx

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    ]
)


class Refused(Exception):
    """Something a person asked for cannot be done; `sentence` says why and what to do."""

    code = 422

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Missing(Refused):
    """There is no such record here: also the answer for another tenant's record."""

    code = 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing at this address, or it is not yours to see."))


class Forbidden(Refused):
    """The member's role does not allow this."""

    code = 403


class Conflicting(Refused):
    """Somebody else changed the record first."""

    code = 409


View = TypeVar("View", bound=Callable[..., Any])


def open_to_all(view: View) -> View:
    """Mark a view that anybody may call; the door keeps every unmarked view closed."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


class SlugConverter(BaseConverter):
    """A workspace's part of an address: 3 to 40 small letters, digits and hyphens."""

    regex = r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]"


class Payvand(Flask):
    """The app; a request's work is committed once, here, when its answer is below 400."""

    def dispatch_request(self) -> ResponseReturnValue:
        response = self.make_response(super().dispatch_request())
        if response.status_code < 400:
            db.session.commit()
        else:
            db.session.rollback()
        return response


def is_fragment_request() -> bool:
    """Whether htmx asked for a part of a page; a boosted request and Back ask for all of it."""
    return bool(
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Request-Type") == "partial"
    )


def render(
    template: str, fragment: str | None = None, status: int = 200, **context: Any
) -> Response:
    """Render the page, or only its block `fragment` when htmx asked for a part."""
    if fragment is not None and is_fragment_request():
        body = render_block(template, fragment, **context)
    else:
        body = render_page(template, **context)
    response = make_response(body, status)
    response.vary.update(["HX-Request", "HX-Request-Type"])
    return response


def toast(response: Response, message: str, *, undo_url: str | None = None) -> Response:
    """Have the page show a message for ten seconds, with Undo when there is a way back."""
    detail: dict[str, str] = {"message": str(message)}
    if undo_url:
        detail["undo"] = undo_url
    response.headers["HX-Trigger"] = json.dumps({"toast": detail})
    return response


def see_other(url: str) -> Response:
    """Send the browser on after a write: htmx swaps the whole page, a plain form follows 303."""
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": url})
    return make_response(redirect(url, code=303))


Record = TypeVar("Record")


def or_missing(record: Record | None) -> Record:
    """The record, or the 404 that a foreign id gets as well."""
    if record is None:
        raise Missing
    return record


def dom_id(record: Any, prefix: str = "") -> str:
    """The id of a record's element: the only source of ids in templates."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(record).__name__).lower()
    parts = [prefix, name, str(record.id if hasattr(record, "id") else record)]
    return "-".join(part for part in parts if part)


def given_uuid(text: str | None) -> UUID | None:
    """The id a person's address or form carries; None when it is no id at all."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def add_security_headers(response: Response) -> Response:
    """Headers that every answer carries; HSTS only where people come over HTTPS."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
    headers.setdefault("Cache-Control", "no-store")
    settings: Settings = current_settings()
    if settings.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def current_settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def check_origin() -> None:
    """Refuse a write that another site's page sent: the second check beside the CSRF token."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site in ("cross-site", "same-site"):
        raise Forbidden(
            _("This form was sent from another site. Open the page here and try again.")
        )
    origin = request.headers.get("Origin")
    if site is None and origin not in (None, "null") and not _is_ours(str(origin)):
        raise Forbidden(
            _("This form was sent from another site. Open the page here and try again.")
        )


def _is_ours(origin: str) -> bool:
    return origin.rstrip("/") in (current_settings().public_url, request.host_url.rstrip("/"))


def register(app: Flask) -> None:
    """Bind headers, the origin check, the slug converter and template helpers to the app."""
    settings: Settings = app.extensions["settings"]
    app.config.update(
        SESSION_COOKIE_NAME="__Host-form" if settings.is_secure else "form",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.jinja_env.undefined = StrictUndefined
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops, hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    htmx.init_app(app)
    app.url_map.converters["slug"] = SlugConverter
    app.url_map.merge_slashes = False  # `//somewhere` is missing, not a redirect
    app.before_request(check_origin)
    app.after_request(add_security_headers)
    app.jinja_env.globals["dom_id"] = dom_id
