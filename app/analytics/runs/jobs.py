"""Reports computed in a worker; NumPy and pandas come in only here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from flask_babel import gettext as _

from app.analytics.reports.base import Basis, Lacking, Outcome, Report, Tell, nothing
from app.analytics.reports.parameters import Parameters
from app.analytics.reports.registry import REPORTS
from app.analytics.runs.actions import fail_run, fingerprint_of, finish_run, tell_progress
from app.analytics.runs.models import ReportRun
from app.analytics.runs.queries import basis_of, order_revision
from app.extensions import db
from app.jobs import job
from app.l10n import use
from app.tenancy import current_tenant_id
from app.tenants.workspace.models import Tenant

if TYPE_CHECKING:
    from app.analytics.datasets import OrderDays

LOADED = 0.1


@job
def compute_run(run_id: str) -> None:
    """Compute a run and store its result; does nothing where the result is there already."""
    run = db.session.get(ReportRun, (current_tenant_id(), UUID(run_id)))
    if run is None or run.state == "finished":
        return
    report = REPORTS[run.report]
    parameters = report.parameters.from_json(run.parameters)
    run.state, run.started_at, run.progress = "running", datetime.now(UTC), 0.0
    db.session.commit()

    def tell(share: float) -> None:
        tell_progress(UUID(run_id), LOADED + (1 - LOADED) * share)

    outcome = outcome_of(report, parameters, tell, UUID(run_id))
    run = db.session.get_one(ReportRun, (current_tenant_id(), UUID(run_id)))
    finish_run(run, outcome)


def outcome_of(
    report: Report, parameters: Parameters, tell: Tell = nothing, run_id: UUID | None = None
) -> Outcome:
    """Load the orders, give the connection back, compute. A run is marked with what was loaded.

    Where the data are too thin the result says what is missing: `thin` and `numbers`.
    """
    from app.analytics.maths.thin import ThinData
    from app.analytics.reports.common import covered

    tenant = db.session.get_one(Tenant, current_tenant_id())
    with use(tenant.formats):
        basis = basis_of(parameters, tenant.formats)
        days = _load(report, parameters, basis, run_id)
        try:
            return report.compute(days, parameters, basis, tell)
        except (ThinData, Lacking) as thin:
            facts = {"thin": thin.reason, "numbers": dict(thin.numbers)}
            return Outcome({**facts, **covered(days, basis)})


def _load(report: Report, parameters: Parameters, basis: Basis, run_id: UUID | None) -> OrderDays:
    from app.analytics.datasets import order_days

    revision = order_revision()  # before the orders: a change in between makes the result old
    days = order_days(basis.as_of)
    if run_id is not None:
        run = db.session.get_one(ReportRun, (current_tenant_id(), run_id))
        run.order_revision, run.as_of, run.progress = revision, basis.as_of, LOADED
        run.fingerprint = fingerprint_of(report, parameters, basis, revision)
    db.session.commit()
    db.session.close()
    return days


@compute_run.on_failure
def _tell_failure(sentence: str, run_id: str) -> None:
    run = db.session.get(ReportRun, (current_tenant_id(), UUID(run_id)))
    if run is None or run.state == "finished":
        return
    tenant = db.session.get_one(Tenant, current_tenant_id())
    with use(tenant.formats):
        unknown = _(
            "The report could not be computed. Try again; if it fails again, tell your"
            " administrator."
        )
        fail_run(run, sentence or unknown)
