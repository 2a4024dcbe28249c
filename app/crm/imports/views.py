"""Pages of the import wizard."""

from __future__ import annotations

from flask import Flask

from app.crm.imports.commands import commands


def register(app: Flask) -> None:
    """Bind the pages and the command to the app."""
    app.cli.add_command(commands)
