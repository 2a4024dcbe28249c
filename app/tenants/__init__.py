"""Who may come in: accounts, members, workspaces, audit."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

FEATURES = ("public", "accounts", "sign_up", "members", "workspace", "mailbox")


def register(app: Flask) -> None:
    """Bind the door first, then the features' pages and commands."""
    import_module("app.tenants.door").register(app)
    import_module("app.tenants.shell").register(app)
    for feature in FEATURES:
        import_module(f"app.tenants.{feature}.views").register(app)
