"""Reports computed by workers. Nothing here imports pandas until a job runs: it is heavy."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

FEATURES = ("runs",)


def register(app: Flask) -> None:
    """Bind the reports' pages and commands."""
    for feature in FEATURES:
        import_module(f"app.analytics.{feature}.views").register(app)
