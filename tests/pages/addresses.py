"""Every address of the app, filled with a workspace's own records: new pages join by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from werkzeug.routing import Rule

from app.web import Payvand
from tests.pages.workspace import Workspace

# Not pages: parts that another page asks for, downloads, redirects and what machines read.
PARTS = {
    "accounts.address",
    "contacts.companies",
    "contacts.duplicates",
    "contacts.export",
    "contacts.field",
    "health.healthz",
    "health.readyz",
    "imports.errors",
    "imports.sample",
    "orders.contact_options",
    "orders.export",
    "orders.of_contact",
    "orders.product_options",
    "timeline.page",
    "workspace.settings",
}


def rules(app: Payvand) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def address(app: Payvand, rule: Rule, workspace: Workspace, **instead: Any) -> str:
    """The rule's address with the workspace's records; `instead` replaces some of them."""
    values = {name: _value(workspace, rule, name) for name in rule.arguments} | instead
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def _value(workspace: Workspace, rule: Rule, name: str) -> Any:
    assert name in workspace.values, f"tests/pages/workspace.py has no record for <{name}>."
    value = workspace.values[name]
    if isinstance(value, dict):
        return value.get(rule.endpoint) or value[rule.endpoint.partition(".")[0]]
    return value


def pages(app: Payvand, workspace: Workspace) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of each whole page that a person can open."""
    for rule in rules(app):
        is_part = rule.endpoint in PARTS or rule.endpoint.endswith((".run", ".runs", ".export"))
        if "GET" in methods_of(rule) and not is_part:
            yield rule.endpoint, address(app, rule, workspace)


def wrong_id() -> UUID:
    return UUID("00000000-0000-7000-8000-000000000000")
