"""A small Flask app with nothing but the interface kit, to look at it and to test it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, make_response, render_template, request, session
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from app import assets, components, design, l10n

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)


class SampleForm(FlaskForm):  # type: ignore[misc]
    company = StringField("Company", [DataRequired("Write the company's name."), Length(max=60)])
    note = TextAreaField("Note", [Optional()])
    password = PasswordField("Password", [Optional()])
    country = SelectField(
        "Country", choices=[SelectChoice("gb", "United Kingdom"), SelectChoice("ir", "Iran")]
    )
    calendar = RadioField(
        "Calendar",
        choices=[SelectChoice("gregorian", "Gregorian"), SelectChoice("jalali", "Jalali")],
        default="gregorian",
    )
    agreed = BooleanField("Consent kept")


def _item(label: str, icon: str, url: str, active: bool = False, **more: Any) -> SimpleNamespace:
    values = {"count": None, "children": [], **more}
    return SimpleNamespace(label=label, icon=icon, url=url, is_active=active, **values)


def sample_shell() -> SimpleNamespace:
    """The shell that the layout takes, as the tenants' part provides it."""
    reports = _item("Reports", "chart-line", "/reports")
    return SimpleNamespace(
        tenant_name="Brindlecup Supply",
        tenant_slug="brindlecup",
        home_url="/",
        search_url="/shell",
        groups=[
            (
                None,
                [
                    _item("Today", "list-checks", "/today", count="7"),
                    _item("Contacts", "users", "/shell", active=True),
                    _item("Orders", "receipt", "/orders"),
                ],
            ),
            ("Understand", [reports]),
        ],
        settings_url="/settings",
        workspaces=[("Brindlecup Supply", "/shell", True), ("بازرگانی سپهر", "/other", False)],
        create_actions=[("Add contact", "users", "/contacts/new")],
        person_name="Nadia Ashworth",
        person_initials="NA",
        profile_url="/profile",
        sign_out_url="/sign-out",
        is_read_only=False,
    )


def _context() -> dict[str, Any]:
    language = request.args.get("lang", "en")
    return {
        "language": language,
        "direction": "rtl" if language == "fa" else "ltr",
        "theme": request.cookies.get("theme", request.args.get("theme", "system")),
        "shell": sample_shell() if request.path == "/shell" else None,
        "development_mailbox_url": None,
        "preferences_url": "/preferences",
    }


def _pages(app: Flask) -> None:
    @app.route("/shell", methods=["GET", "POST"])
    def shell() -> tuple[str, int]:
        form = SampleForm()
        bad = request.method == "POST" and not form.validate()
        return render_template("kit/shell.html", form=form), 422 if bad else 200

    @app.get("/public")
    def public() -> str:
        return render_template("kit/public.html", form=SampleForm())

    @app.get("/error")
    def error() -> tuple[str, int]:
        page = render_template(
            "errors/error.html",
            code=404,
            title="Nothing here",
            sentence="There is nothing at this address.",
            action_label="Go to the start page",
            action_url="/",
        )
        return page, 404

    @app.post("/toast")
    def toast() -> Response:
        session["count"] = session.get("count", 0) + 1
        response = make_response("", 204)
        response.headers["HX-Trigger"] = '{"toast": {"message": "Saved", "undo": "/toast"}}'
        return response


def create_kit(**settings: Any) -> Flask:
    """The app; pages of its own are in ``tests/interface/pages``."""
    app = Flask("app", template_folder="templates", static_folder=None)
    app.config.update(SECRET_KEY="only for these tests", TESTING=True, **settings)
    app.jinja_env.undefined = StrictUndefined
    loaders = [app.jinja_env.loader, FileSystemLoader(__file__.rsplit("/", 1)[0] + "/pages")]
    app.jinja_env.loader = ChoiceLoader([one for one in loaders if one])
    Babel(app, locale_selector=lambda: "fa_IR" if request.args.get("lang") == "fa" else "en")
    CSRFProtect(app)
    assets.register(app)
    l10n.register(app)
    components.register(app)
    design.register(app)
    app.context_processor(_context)
    app.after_request(_secure)
    _pages(app)
    return app


def _secure(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
