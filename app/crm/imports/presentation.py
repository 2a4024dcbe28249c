"""What the wizard's pages show of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.crm.imports.delimited import ENCODINGS
from app.crm.imports.fields import FIELDS
from app.crm.imports.forms import Matching
from app.crm.imports.models import Import
from app.l10n import format_date, format_money, format_number

STATE_NAMES = {
    "uploaded": ("", lambda: _("To be matched")),
    "checking": ("info", lambda: _("Being checked")),
    "checked": ("acc", lambda: _("Ready to import")),
    "queued": ("info", lambda: _("Waiting to begin")),
    "running": ("info", lambda: _("Coming in")),
    "finished": ("pos", lambda: _("Imported")),
    "failed": ("neg", lambda: _("Stopped")),
    "undoing": ("info", lambda: _("Being undone")),
    "undone": ("", lambda: _("Undone")),
}
_KINDS_OF_FIELD = {
    "date": ("date", "no-date", "future", "past"),
    "quantity": ("quantity",),
    "unit_price": ("amount",),
    "total": ("amount",),
}


@dataclass(frozen=True)
class ColumnRow:
    """One column in the matching table: pill is (kind, icon, words)."""

    place: int
    heading: str
    samples: str
    field: str
    pill: tuple[str, str, str]


def column_rows(batch: Import, matching: Matching) -> list[ColumnRow]:
    return [
        ColumnRow(
            place,
            heading,
            ", ".join(batch.options["samples"][place]),
            matching.fields[place],
            _pill(batch, matching, matching.fields[place]),
        )
        for place, heading in enumerate(batch.columns)
    ]


def _pill(batch: Import, matching: Matching, field: str) -> tuple[str, str, str]:
    if not field:
        return "", "", _("Left out")
    if field in matching.doubled:
        return "neg", "circle-alert", _("Chosen twice")
    wrong = _count_of(batch, _KINDS_OF_FIELD.get(field, ()))
    if wrong:
        return "neg", "circle-alert", _wrong_words(field, wrong)
    source = batch.options.get("sources", {}).get(field, "chosen")
    if source == "remembered":
        return "", "refresh-cw", _("Remembered")
    return ("", "check", _("Guessed")) if source == "guessed" else ("acc", "check", _("Chosen"))


def _count_of(batch: Import, kinds: tuple[str, ...]) -> int:
    refusals = batch.preview.get("refusals", [])
    return sum(refusal["count"] for refusal in refusals if refusal["kind"] in kinds)


def _wrong_words(field: str, count: int) -> str:
    shown = format_number(count)
    if field == "date":
        return ngettext("%(count)s is not a date", "%(count)s are not dates", count,
                        count=shown)  # fmt: skip
    return ngettext("%(count)s is not a number", "%(count)s are not numbers", count, count=shown)


def steps(batch: Import | None) -> list[tuple[str, str, str]]:
    """(name, note, state) of the four steps."""
    place = _place(batch)
    names = [_("Upload"), _("Match columns"), _("Check"), _("Import")]
    notes = ["", "", "", ""]
    if batch is not None:
        notes[0] = batch.file_name
        notes[1] = _(
            "%(matched)s of %(columns)s matched",
            matched=format_number(len(batch.mapping)),
            columns=format_number(len(batch.columns)),
        )
        if batch.rows is not None:
            notes[2] = ngettext("%(count)s row", "%(count)s rows", batch.rows,
                                count=format_number(batch.rows))  # fmt: skip
    states = ["done"] * place + ["current"] + ["todo"] * (3 - place)
    return list(zip(names, notes, states[:4], strict=True))


def _place(batch: Import | None) -> int:
    if batch is None:
        return 0
    return {"uploaded": 1, "checking": 2, "checked": 2}.get(batch.state, 3)


def field_options() -> list[tuple[str, str]]:
    return [("", _("Leave out")), *((name, str(label)) for name, label in FIELDS.items())]


def done_share(batch: Import) -> dict[str, Any]:
    """The progress bar's values; without a known number of rows it only says that work goes on."""
    known = batch.rows and batch.state != "undoing"
    return {"value": min(batch.progress, batch.rows or 0) if known else None,
            "maximum": batch.rows or 1}  # fmt: skip


def outcome_facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Sums and days of what a file comes to, as (label, value)."""
    if not found:
        return []
    facts = [(_("Revenue"), format_money(found["revenue"]))]
    if found["anonymous_orders"]:
        facts.append((_("Of it without a customer"), format_money(found["anonymous_revenue"])))
    if found["first_day"]:
        days = [format_date(date.fromisoformat(found[end])) for end in ("first_day", "last_day")]
        facts += [(_("First order"), days[0]), (_("Last order"), days[1])]
    return facts


def encoding_options() -> list[tuple[str, str]]:
    names = {
        "utf-16": _("UTF-16"),
        "cp1256": _("Windows Arabic and Persian (1256)"),
        "cp1252": _("Windows Western (1252)"),
        "cp1251": _("Windows Cyrillic (1251)"),
        "cp1253": _("Windows Greek (1253)"),
    }
    return [(code, names.get(code, code.upper())) for code in ENCODINGS]
