"""Making a demo company: workspace and orders in one transaction, then its reports."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select, text

from app.analytics.reports.registry import REPORTS
from app.analytics.runs.actions import ask_for_run
from app.analytics.runs.jobs import compute_run
from app.analytics.runs.models import ReportRun
from app.database import expect_many_rows
from app.demo.company import DemoCompany, make_company
from app.demo.contacts import Enrichment
from app.demo.members import AddressTaken, add_members
from app.demo.orders import add_products, import_sales
from app.demo.story import Story
from app.extensions import db
from app.l10n import from_local, today, use
from app.tenancy import acting_for, new_id
from app.tenants.workspace.actions import open_workspace
from app.tenants.workspace.models import Tenant


def demo_tenant(story: Story) -> Tenant | None:
    """The story's workspace, if it is there; raises AddressTaken when another holds its address."""
    slug = story.workspace["slug"]
    tenant = db.session.scalar(select(Tenant).where(Tenant.slug == slug))
    if tenant is not None and not tenant.is_demo:
        raise AddressTaken(f"/{slug}/ is the address of a workspace that is no demo.")
    return tenant


def seed(story: Story) -> None:
    """Make the story's company and its reports, unless they are there."""
    with use(story.formats):
        tenant_id = _seeded(story)
        with acting_for(tenant_id):
            _compute_reports(story)


def _seeded(story: Story) -> UUID:
    tenant_id = new_id()
    with acting_for(tenant_id):
        # Two who start at once must not both make it; the lock goes with the transaction.
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('demo', 0))"))
        found = demo_tenant(story)
        if found is not None:
            return found.id
        _make(story, tenant_id)
        db.session.commit()
    return tenant_id


def _make(story: Story, tenant_id: UUID) -> None:
    company = make_company(story, today() - timedelta(days=1))
    expect_many_rows()
    tenant = open_workspace(tenant_id, is_demo=True, **story.workspace)
    tenant.created_at = opened_at = _opening(company)
    members = add_members(story)
    add_products(company, opened_at)
    import_sales(company, members[1].account_id)
    enrichment = Enrichment(company, members)
    customers = enrichment.enrich_customers()
    enrichment.add_people(customers)
    enrichment.add_notes(customers)
    enrichment.write_events()


def _opening(company: DemoCompany) -> datetime:
    first = company.sales[0].day - timedelta(days=1)
    return from_local(datetime.combine(first, time(8, 30)))


def _compute_reports(story: Story) -> None:
    """Compute each report that has never been computed, by the code that workers run."""
    for report in REPORTS.values():
        known = select(ReportRun.id).where(
            ReportRun.report == report.key, ReportRun.state == "finished"
        )
        if db.session.scalar(known.limit(1)) is None:
            run_id = ask_for_run(report, report.parameters(), story.formats).id
            db.session.commit()
            compute_run.function(str(run_id))
            db.session.commit()
