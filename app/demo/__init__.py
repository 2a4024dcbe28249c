"""Demo companies: made-up people and records on a real purchase history."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the command line; the rest is read only when a demo is made."""
    from app.demo.commands import commands

    app.cli.add_command(commands)
