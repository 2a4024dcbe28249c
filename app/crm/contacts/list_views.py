"""The contact list, its fragment for htmx, and its export."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for

from app.crm.contacts.blueprint import blueprint
from app.crm.contacts.export import export_contacts
from app.crm.contacts.filters import DATES, LABELS, MONEY, ListState, read_state
from app.crm.contacts.lookups import owners
from app.crm.contacts.queries import Page, Row, Scope, alike, count, count_all, list_page, scope_of
from app.crm.contacts.search import FEW_FOUND, MOST_FOUND
from app.crm.contacts.titles import chips, title
from app.crm.scores.segments import SEGMENT_NAMES, segment_name
from app.l10n import format_date, format_money, money_label, today
from app.tenants.access import requires
from app.tenants.audit.actions import record
from app.tenants.permissions import Permission
from app.web import Refused, is_fragment_request, render


@blueprint.get("")
@requires(Permission.CONTACTS_READ)
def page() -> Response:
    """The list in the state that the address describes."""
    state = read_state(request.args)
    response = render(
        "crm/contacts/list.html", "list", 422 if state.errors else 200, **_context(state)
    )
    if is_fragment_request():
        response.headers["HX-Push-Url"] = _address(state)
    return response


@blueprint.get("/export")
@requires(Permission.EXPORTS_RUN)
def export() -> Response:
    """The filtered list as CSV."""
    state = read_state(request.args)
    if state.errors:
        raise Refused(" ".join(state.errors.values()))
    scope = scope_of(state.filters, g.place.membership_id)
    number = count_all(scope)
    record("contacts.exported", count=number, filters=state.filters.arguments())
    name = f"contacts-{today().isoformat()}.csv"
    return Response(
        export_contacts(scope, state.order),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _address(state: ListState) -> str:
    """The list's address without empty or broken parts."""
    arguments: dict[str, Any] = state.arguments(at=state.typed["at"] if state.cursor else None)
    return url_for("contacts.page", **arguments)


def _context(state: ListState) -> dict[str, Any]:
    scope = scope_of(state.filters, g.place.membership_id)
    found = list_page(scope, state.order, state.cursor)
    near = _near(scope, state, found)
    offered = owners()
    return {
        "state": state,
        "page": found,
        "near": near,
        "count": count(scope),
        "most_found": MOST_FOUND,
        "is_cut": scope.found is not None and scope.found.is_cut,
        "chips": chips(state, offered),
        "heading": title(state.filters),
        "owners": offered,
        "segments": SEGMENT_NAMES,
        "segment_name": segment_name,
        "typed_dates": {name: _typed_date(state, name) for name in DATES},
        "typed_money": {name: _typed_money(state, name) for name in MONEY},
        "filter_labels": LABELS,
        "import_url": url_for("imports.new"),
        "is_fragment": is_fragment_request(),
        **_worth(found, near),
    }


def _typed_date(state: ListState, name: str) -> dict[str, str]:
    """A date filter for its input: as it was typed when it cannot be read."""
    value = getattr(state.filters, name)
    if value is None:
        return {"text": state.typed.get(name, ""), "iso": ""}
    return {"text": format_date(value, "numeric"), "iso": value.isoformat()}


def _typed_money(state: ListState, name: str) -> str:
    value = getattr(state.filters, name)
    if value is None:
        return state.typed.get(name, "")
    return format_money(value).replace(money_label(), "").strip()


def _near(scope: Scope, state: ListState, found: Page) -> list[Row]:
    """Contacts spelled nearly like the search, when it found few."""
    if not state.filters.q or state.cursor or len(found.rows) >= FEW_FOUND:
        return []
    return alike(scope, found.rows)


def _worth(found: Page, near: list[Row]) -> dict[str, int]:
    """The scale that the page's whiskers share, in minor units, and the months it is for."""
    scores = [row.score for row in [*found.rows, *near] if row.score is not None]
    valued = [score for score in scores if score.worth is not None]
    return {
        "most_worth": max((score.worth_high or score.worth or 0 for score in valued), default=0),
        "months": max((score.worth_months or 0 for score in valued), default=0),
    }
