"""Reports for people who automate: JSON alone on standard output."""

from __future__ import annotations

import json
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.analytics.reports.parameters import BadParameter, Parameters, refuse_unknown
from app.analytics.reports.registry import REPORTS
from app.analytics.runs.jobs import outcome_of
from app.extensions import db
from app.l10n import Formats, currency_exponent, use
from app.tenancy import acting_for
from app.tenants.workspace.models import Tenant

commands = AppGroup("analytics", help="Compute reports.")


@commands.command()
@click.argument("slug")
@click.argument("report")
@click.option("--param", "given", multiple=True, metavar="K=V", help="A parameter of the report.")
def run(slug: str, report: str, given: tuple[str, ...]) -> None:
    """Compute REPORT (retention, segments or clv) for the workspace SLUG and print it as JSON.

    Nothing is stored: what people see in the workspace stays as it is.
    """
    if report not in REPORTS:
        raise click.ClickException(f"There is no report {report}: use {', '.join(REPORTS)}.")
    tenant = db.session.scalar(select(Tenant).where(Tenant.slug == slug))
    if tenant is None:
        raise click.ClickException(f"There is no workspace {slug}.")
    formats, tenant_id = tenant.formats, tenant.id
    with use(formats):
        parameters = _parameters(report, given)
    with acting_for(tenant_id):
        printed = _printed(report, parameters, formats)
    click.echo(json.dumps(printed, ensure_ascii=False, indent=2, allow_nan=False))


def _parameters(report: str, given: tuple[str, ...]) -> Parameters:
    pairs = dict(_pair(text) for text in given)
    kind = REPORTS[report].parameters
    try:
        refuse_unknown(pairs, kind.names())
        return kind.parse(pairs)
    except BadParameter as error:
        raise click.ClickException(error.sentence) from None


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name:
        raise click.ClickException(f"--param takes name=value, not {text}.")
    return name, value


def _printed(report: str, parameters: Parameters, formats: Formats) -> dict[str, Any]:
    outcome = outcome_of(REPORTS[report], parameters)
    exponent = currency_exponent(formats.currency)
    return {
        "report": report,
        "asked": parameters.as_json(),
        "currency": formats.currency,
        **REPORTS[report].printed(outcome.result, exponent),
    }
