"""The page ``/_design``: every component in one place, in both languages and both themes."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request
from flask_babel import force_locale

from app.design_samples import Samples
from app.web import open_to_all

blueprint = Blueprint("design", __name__)
LANGUAGES = {"en": ("en", "ltr"), "fa": ("fa_IR", "rtl")}
THEMES = ("light", "dark")


@blueprint.get("/_design")
@open_to_all
def page() -> str:
    """Everything, with ``?lang=en|fa`` and ``?theme=light|dark``."""
    language = request.args.get("lang", "en")
    language = language if language in LANGUAGES else "en"
    theme = request.args.get("theme", "light")
    locale, direction = LANGUAGES[language]
    with force_locale(locale):
        return render_template(
            "design/page.html",
            language=language,
            direction=direction,
            theme=theme if theme in THEMES else "light",
            samples=Samples(language),
        )


def register(app: Flask) -> None:
    """Offer the page everywhere but in production."""
    settings = app.extensions.get("settings")
    if settings is None or not settings.is_production:
        app.register_blueprint(blueprint)
