"""The form of the matching step: a field for each column, and how values are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from app.crm.imports.delimited import ENCODINGS
from app.crm.imports.fields import FIELDS
from app.crm.imports.mapping import complaint
from app.crm.imports.models import Import

DATE_ORDERS = ("", "ymd", "dmy", "mdy")
LONGEST_PREFIX = 20


@dataclass
class Matching:
    """What a person chose: a field ("" for none) for each column by position, and the options."""

    fields: list[str]
    options: dict[str, Any]
    encoding: str
    sheet: str
    has_heading: bool
    errors: list[str] = field(default_factory=list)
    doubled: set[str] = field(default_factory=set)

    def mapping(self, columns: list[str]) -> dict[str, str]:
        """field -> heading."""
        return {name: column for name, column in zip(self.fields, columns, strict=True) if name}


def matching_of(batch: Import) -> Matching:
    """The choices as they are kept."""
    by_heading = {heading: name for name, heading in batch.mapping.items()}
    layout = batch.options["layout"]
    names = ("date_order", "decimal", "cancelled_prefix", "customer_names")
    return Matching(
        fields=[by_heading.get(heading, "") for heading in batch.columns],
        options={name: batch.options.get(name, "") for name in names},
        encoding=layout["encoding"],
        sheet=layout["sheet"],
        has_heading=layout["heading"] > 0,
    )


def read_matching(batch: Import, form: Mapping[str, str]) -> Matching:
    """The choices in a posted form, with what is wrong with them."""
    kept = matching_of(batch)
    chosen = [form.get(f"column-{place}", "") for place in range(len(batch.columns))]
    matching = Matching(
        fields=[name if name in FIELDS else "" for name in chosen],
        options={
            "date_order": _one_of(form.get("date_order", ""), DATE_ORDERS, ""),
            "decimal": _one_of(form.get("decimal", "."), (".", ","), "."),
            "cancelled_prefix": form.get("cancelled_prefix", "").strip(),
            "customer_names": form.get("customer_names") == "1",
        },
        encoding=_one_of(form.get("encoding", ""), ENCODINGS, kept.encoding),
        sheet=_one_of(form.get("sheet", ""), batch.options.get("sheets", []), kept.sheet),
        has_heading=form.get("heading", "1") == "1",
    )
    _judge(matching, batch.columns)
    return matching


def _one_of(text: str, allowed: Any, otherwise: str) -> str:
    return text if text in allowed else otherwise


def _judge(matching: Matching, columns: list[str]) -> None:
    for name in FIELDS:
        if matching.fields.count(name) > 1:
            matching.doubled.add(name)
            matching.errors.append(
                _("Two columns are both “%(field)s”. Leave one of them out.", field=FIELDS[name])
            )
    if len(matching.options["cancelled_prefix"]) > LONGEST_PREFIX:
        matching.errors.append(_("Use at most 20 letters for the beginning of cancelled numbers."))
    if sentence := complaint(matching.mapping(columns)):
        matching.errors.append(sentence)
