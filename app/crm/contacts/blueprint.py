"""The contacts' addresses begin here."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("contacts", __name__, url_prefix="/<slug:tenant_slug>/contacts")
