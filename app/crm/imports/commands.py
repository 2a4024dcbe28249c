"""The command that imports orders from a file: `flask crm import-orders`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app.config import Settings
from app.crm.imports.batches import hash_and_size
from app.crm.imports.containers import UnusableFile
from app.crm.imports.engine import carry_out, take_in
from app.crm.imports.fields import FIELDS
from app.crm.imports.mapping import complaint, heading_named
from app.crm.imports.models import Import
from app.crm.imports.outcome import reason_title
from app.crm.imports.reading import look_at
from app.extensions import db
from app.l10n import currency_exponent, use
from app.tenancy import acting_for, new_id
from app.tenants.workspace.models import Tenant

commands = AppGroup("crm", help="Import orders from the command line.")


@commands.command("import-orders")
@click.argument("slug")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN",
              help=f"A column's heading or number for a field: {', '.join(FIELDS)}.")  # fmt: skip
@click.option(
    "--cancelled-prefix", default="", help="What cancelled documents' numbers begin with."
)
@click.option("--encoding", default="", help="The text's encoding, guessed without it.")
@click.option("--no-header", is_flag=True, help="The first row is data; name columns by number.")
def import_orders(
    slug: str,
    path: Path,
    pairs: tuple[str, ...],
    cancelled_prefix: str,
    encoding: str,
    no_header: bool,
) -> None:
    """Import the orders in FILE (CSV or XLSX) into the workspace SLUG; prints counts as JSON."""
    tenant = db.session.scalar(select(Tenant).where(Tenant.slug == slug))
    if tenant is None:
        raise click.ClickException(f"There is no workspace with the slug {slug}.")
    tenant_id, formats = tenant.id, tenant.formats
    with acting_for(tenant_id), use(formats), _opened(path) as file:
        try:
            batch = _batch(path, file, pairs, cancelled_prefix, encoding, no_header)
            carry_out(batch, file, lambda _rows: None)
        except UnusableFile as error:
            raise click.ClickException(error.sentence) from error
        report = _report(batch, formats.currency)
        db.session.commit()
    click.echo(json.dumps(report, ensure_ascii=False, indent=2))


def _opened(path: Path) -> BinaryIO:
    settings: Settings = current_app.extensions["settings"]
    if not path.is_file():
        raise click.ClickException(f"There is no file {path}.")
    if path.stat().st_size > settings.upload_megabytes * 1024 * 1024:
        raise click.ClickException(f"The file is larger than {settings.upload_megabytes} MB.")
    if not os.access(path, os.R_OK):
        raise click.ClickException(f"The file {path} may not be read.")
    return path.open("rb")


def _batch(
    path: Path, file: BinaryIO, pairs: tuple[str, ...], prefix: str, encoding: str, no_header: bool
) -> Import:
    table = look_at(file, encoding=encoding, has_heading=False if no_header else None)
    digest, size = hash_and_size(file)
    batch = Import(id=new_id(), file_name=path.name, file_size=size, file_hash=digest)
    take_in(batch, table, _chosen(pairs, table.columns))
    batch.options = {**batch.options, "cancelled_prefix": prefix}
    batch.state = "running"
    if sentence := complaint(batch.mapping):
        raise click.ClickException(sentence)
    db.session.add(batch)
    db.session.flush()
    return batch


def _chosen(pairs: tuple[str, ...], columns: list[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = (part.strip() for part in pair.partition("="))
        if not equals or field not in FIELDS:
            fields = ", ".join(FIELDS)
            raise click.ClickException(
                f"--map {pair}: write field=column, the field one of {fields}."
            )
        heading = heading_named(column, columns)
        if heading is None:
            raise click.ClickException(
                f"--map {pair}: the file has no column {column}; it has {', '.join(columns)}."
            )
        chosen[field] = heading
    return chosen


def _report(batch: Import, currency: str) -> dict[str, Any]:
    counts = batch.counts
    same = (
        "orders", "purchases", "returns", "lines", "customers", "customers_new", "products",
        "products_new", "anonymous_orders", "first_day", "last_day",
    )  # fmt: skip
    return {
        "batch": str(batch.id),
        "rows_read": counts["rows"],
        "blank_rows": counts["blank"],
        **{name: counts[name] for name in same},
        "revenue": _major(counts["revenue"], currency),
        "anonymous_revenue": _major(counts["anonymous_revenue"], currency),
        "currency": currency,
        "mapping": batch.mapping,
        "refused": {
            "count": counts["refused"],
            "reasons": [_reason(refusal) for refusal in counts["refusals"]],
        },
    }


def _reason(refusal: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": refusal["kind"],
        "reason": reason_title(refusal["kind"]),
        "example": refusal["example"],
        "count": refusal["count"],
        "rows": refusal["rows"],
    }


def _major(minor: int, currency: str) -> str:
    exponent = currency_exponent(currency)
    return f"{Decimal(minor).scaleb(-exponent):.{exponent}f}"
