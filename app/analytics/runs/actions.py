"""Asking for a run, and what a run leaves behind."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text

from app.analytics.reports.base import Basis, Outcome, Report
from app.analytics.reports.parameters import Parameters
from app.analytics.runs.models import ReportRun
from app.analytics.runs.queries import basis_of, order_revision, run_with_fingerprint
from app.crm.scores.actions import store_scores
from app.extensions import db
from app.jobs import enqueue
from app.l10n import Formats
from app.tenancy import current_tenant_id


def fingerprint_of(report: Report, parameters: Parameters, basis: Basis, revision: int) -> str:
    """The same for two runs exactly when they must have the same result."""
    facts = [
        report.key,
        report.version,
        parameters.as_json(),
        revision,
        basis.as_of.isoformat(),
        basis.is_over,
        basis.calendar,
        basis.week_start,
        basis.exponent,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def ask_for_run(
    report: Report, parameters: Parameters, formats: Formats, account_id: UUID | None = None
) -> ReportRun:
    """The run with the result wanted: one that has it, one on its way, or else a new one."""
    basis, revision = basis_of(parameters, formats), order_revision()
    fingerprint = fingerprint_of(report, parameters, basis, revision)
    _wait_for_others_who_ask(fingerprint)
    found = run_with_fingerprint(fingerprint)
    if found is not None:
        return found
    run = ReportRun(
        report=report.key,
        parameters=parameters.as_json(),
        fingerprint=fingerprint,
        order_revision=revision,
        as_of=basis.as_of,
        account_id=account_id,
    )
    db.session.add(run)
    db.session.flush()
    enqueue("app.analytics.runs.jobs.compute_run", run_id=str(run.id))
    return run


def _wait_for_others_who_ask(fingerprint: str) -> None:
    """Two people who press the button together must find one another's run."""
    key = f"{current_tenant_id()} {fingerprint}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def tell_progress(run_id: UUID, share: float) -> None:
    """Note how far a run is, in a short transaction of its own."""
    db.session.execute(
        text("UPDATE report_runs SET progress = :share WHERE id = :id AND state = 'running'"),
        {"share": share, "id": run_id},
    )
    db.session.commit()


def finish_run(run: ReportRun, outcome: Outcome) -> None:
    """Store the result and the scores, and forget the results that it replaces."""
    run.result, run.state, run.progress, run.error = outcome.result, "finished", 1.0, None
    run.finished_at = datetime.now(UTC)
    if outcome.scores is not None:
        store_scores(outcome.scores, run.finished_at)
    db.session.execute(
        delete(ReportRun).where(
            ReportRun.report == run.report,
            ReportRun.parameters == run.parameters,
            ReportRun.state.in_(("finished", "failed")),
            ReportRun.created_at < run.created_at,
        )
    )


def fail_run(run: ReportRun, sentence: str) -> None:
    """Store why there is no result, in words that a person can act on."""
    run.state, run.error, run.finished_at = "failed", sentence, datetime.now(UTC)
