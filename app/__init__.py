"""Payvand: a multi-tenant CRM with retention, segments and customer lifetime value."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.config import Settings
    from app.web import Payvand

# In the order in which they are bound; each module has register(app).
PARTS = (
    "app.logs",
    "app.database",
    "app.web",
    "app.errors",
    "app.l10n",
    "app.assets",
    "app.components",
    "app.mail",
    "app.health",
    "app.tenants",
    "app.crm",
    "app.analytics",
    "app.demo",
    "app.design",
)


def create_app(settings: Settings | None = None) -> Payvand:
    """Build the app from its settings, by default those of the environment."""
    # Here and not above: app.embedded and app.roles start without the website's libraries.
    from app.config import Settings
    from app.web import Payvand

    settings = settings or Settings.from_env()
    app = Payvand(__name__, static_folder=None)
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.upload_megabytes * 1024 * 1024,
        TESTING=settings.environment == "test",
    )
    for part in PARTS:
        import_module(part).register(app)
    return app
