"""Report pages."""

from __future__ import annotations

from flask import Flask

from app.analytics.runs.commands import commands


def register(app: Flask) -> None:
    app.cli.add_command(commands)
