"""Report pages. They show what a worker stored; none of them computes or waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, g, request, url_for

from app.analytics.reports.base import Report
from app.analytics.reports.parameters import BadParameter, Parameters
from app.analytics.reports.registry import REPORTS
from app.analytics.reports.words import missing
from app.analytics.runs.actions import ask_for_run
from app.analytics.runs.commands import commands
from app.analytics.runs.exports import csv_response, rows_of
from app.analytics.runs.models import ReportRun
from app.analytics.runs.queries import has_customers, last_run, newest_finished, run_with_id
from app.analytics.runs.stages import stage_of
from app.l10n import currency_exponent
from app.tenants.access import requires
from app.tenants.audit.actions import record
from app.tenants.door import current_user
from app.tenants.permissions import Permission
from app.web import is_fragment_request, or_missing, render, see_other

index = Blueprint("reports", __name__, url_prefix="/<slug:tenant_slug>/reports")


@dataclass(frozen=True)
class Entry:
    """A report in the list of reports, with its newest result in one sentence."""

    report: Report
    url: str
    headline: Any
    run: ReportRun | None


@index.get("")
@requires(Permission.REPORTS_READ)
def page() -> Response:
    entries = [_entry(report) for report in REPORTS.values()]
    return render("analytics/reports.html", entries=entries, has_customers=has_customers())


def _entry(report: Report) -> Entry:
    run = last_run(report)
    if run is None or run.result is None:
        return Entry(report, url_for(report.endpoint), None, None)
    parameters = report.parameters.from_json(run.parameters)
    thin = missing(run.result)
    headline = thin[1] if thin else report.headline(run.result)
    return Entry(report, _address(report, parameters), headline, run)


def _address(report: Report, parameters: Parameters) -> str:
    query: dict[str, Any] = {**parameters.as_query()}
    return url_for(report.endpoint, **query)


def _show(report: Report, parameters: Parameters, *, status: int = 200, **extra: Any) -> Response:
    context: dict[str, Any] = {
        "error": None,
        "typed": {},
        "stage": stage_of(report, parameters),
        "is_fragment": is_fragment_request(),
        **extra,
    }
    return render(f"analytics/{report.key}.html", "report", status, **context)


def _page(report: Report) -> Response:
    try:
        return _show(report, report.parameters.parse(request.args))
    except BadParameter as error:
        typed = request.args.to_dict()
        return _show(report, report.parameters(), status=error.code, error=error, typed=typed)


def _compute(report: Report) -> Response:
    parameters = report.parameters.parse(request.form)
    ask_for_run(report, parameters, g.place.tenant.formats, current_user.account_id)
    return see_other(_address(report, parameters))


def _run(report: Report, run_id: UUID) -> Response:
    run = or_missing(run_with_id(report, run_id))
    parameters = report.parameters.from_json(run.parameters)
    if not is_fragment_request():
        return see_other(_address(report, parameters))
    return _show(report, parameters)


def _export(report: Report) -> Response:
    parameters = report.parameters.parse(request.args)
    run = or_missing(newest_finished(report, parameters))
    table = request.args.get("table", "")
    rows = list(rows_of(report, run, table, currency_exponent(g.place.tenant.currency)))
    record("report.exported", run, report=report.key, table=table, rows=len(rows) - 1)
    return csv_response(rows, f"{g.place.tenant.slug}-{report.key}-{table}-{run.as_of}")


def report_blueprint(report: Report) -> Blueprint:
    """The pages of one report: itself, its runs, its tables."""
    prefix = f"/<slug:tenant_slug>/reports/{report.key}"
    blueprint = Blueprint(report.key, __name__, url_prefix=prefix)

    @blueprint.get("")
    @requires(Permission.REPORTS_READ)
    def page() -> Response:
        return _page(report)

    @blueprint.get("/runs")
    @requires(Permission.REPORTS_READ)
    def runs() -> Response:
        return see_other(url_for(report.endpoint))

    @blueprint.post("/runs")
    @requires(Permission.REPORTS_RUN)
    def compute() -> Response:
        return _compute(report)

    @blueprint.get("/runs/<uuid:run_id>")
    @requires(Permission.REPORTS_READ)
    def run(run_id: UUID) -> Response:
        return _run(report, run_id)

    @blueprint.get("/export")
    @requires(Permission.EXPORTS_RUN)
    def export() -> Response:
        return _export(report)

    return blueprint


def register(app: Flask) -> None:
    """Bind the list of reports, each report's pages and the command."""
    app.register_blueprint(index)
    for report in REPORTS.values():
        app.register_blueprint(report_blueprint(report))
    app.cli.add_command(commands)
