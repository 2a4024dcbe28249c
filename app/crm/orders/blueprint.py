"""The orders' addresses begin here."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("orders", __name__, url_prefix="/<slug:tenant_slug>/orders")
