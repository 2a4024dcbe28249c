"""The CRM: contacts, products, orders, imports."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

FEATURES = ("imports", "contacts", "timeline", "products", "orders", "today")


def register(app: Flask) -> None:
    """Bind the features' pages and commands."""
    for feature in FEATURES:
        import_module(f"app.crm.{feature}.views").register(app)
