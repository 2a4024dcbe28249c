"""Which of its faces a report's page shows: empty, to compute, running, or the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g

from app.analytics.reports.base import Report
from app.analytics.reports.parameters import Parameters
from app.analytics.reports.words import Facts, missing
from app.analytics.runs.actions import fingerprint_of
from app.analytics.runs.exports import table_names
from app.analytics.runs.models import ReportRun
from app.analytics.runs.queries import (
    basis_of,
    has_customers,
    names_of,
    newest_finished,
    newest_pending,
    order_revision,
    owns_scores,
)


@dataclass(frozen=True)
class Stage:
    """What the page shows; `page` is the report's own view of a result that is not thin.

    stale: "orders" when they changed since, "day" when only time has passed, "method" when it is
    computed in another way now, else "".
    """

    report: Report
    parameters: Parameters
    has_customers: bool
    run: ReportRun | None
    pending: ReportRun | None
    missing: tuple[str, str] | None
    page: Any
    stale: str
    tables: list[str]

    @property
    def is_running(self) -> bool:
        return self.pending is not None and self.pending.state != "failed"

    @property
    def failure(self) -> str | None:
        return self.pending.error if self.pending and self.pending.state == "failed" else None


def stage_of(report: Report, parameters: Parameters) -> Stage:
    """The newest run with these parameters, and how it stands."""
    run, pending = newest_finished(report, parameters), newest_pending(report, parameters)
    is_running = pending is not None and pending.state != "failed"
    result: Mapping[str, Any] | None = None if run is None or is_running else run.result
    thin = missing(result) if result is not None else None
    page = None
    if run is not None and result is not None and thin is None:
        page = report.present(dict(result), Facts(owns_scores(run), names_of))
    return Stage(
        report=report,
        parameters=parameters,
        has_customers=run is not None or has_customers(),
        run=run,
        pending=pending,
        missing=thin,
        page=page,
        stale=_stale(report, parameters, run) if run is not None else "",
        tables=table_names(report) if page is not None else [],
    )


def _stale(report: Report, parameters: Parameters, run: ReportRun) -> str:
    revision = order_revision()
    if run.order_revision != revision:
        return "orders"
    basis = basis_of(parameters, g.place.tenant.formats)
    if run.fingerprint == fingerprint_of(report, parameters, basis, revision):
        return ""
    return "day" if run.as_of != basis.as_of else "method"
