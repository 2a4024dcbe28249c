"""A workspace with something on every page, made through the app's own forms where it has them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.analytics.runs.models import ReportRun
from app.crm.imports.models import Import
from app.crm.orders.models import Order
from app.crm.products.models import Product
from app.crm.timeline.models import TimelineEvent
from app.extensions import db
from app.jobs import drain
from app.mail import Mail
from app.tenancy import new_id
from app.tenants.accounts.models import Account, AccountSession
from app.tenants.accounts.tokens import issue_token
from app.tenants.members.models import Invitation
from app.web import Payvand
from tests.analytics.shop import CDNOW_END, cdnow, sell
from tests.cast import Cast, Member

REPORTS = ("retention", "segments", "clv")
ORDERS_FILE = """order,date,customer,product,quantity,unit_price
W-1,2025-03-14,Iris Calloway,TEA-1,2,4.50
W-1,2025-03-14,Iris Calloway,CUP-3,1,12.00
W-2,2025-03-15,Edda Marsh,TEA-1,-1,4.50
W-3,the day after,Edda Marsh,TEA-1,1,4.50
"""


@dataclass
class Workspace:
    """The owner, and a record for each argument that an address may take."""

    owner: Member
    values: dict[str, Any] = field(default_factory=dict)

    def post(self, path: str, **form: Any) -> TestResponse:
        answer = self.owner.client.post(self.owner.url(path), data=form)
        complaints = re.findall(r'(?s)class="(?:err|banner)\b.*?</(?:p|div)>', answer.text)
        assert answer.status_code in (200, 204, 303), (path, answer.status_code, complaints)
        return answer


def furnish(
    cast: Cast,
    *,
    language: str = "en",
    sales: int = 900,
    run_jobs: Callable[[Payvand], None] | None = None,
) -> Workspace:
    """Make a company in this language with contacts, orders, products, an import and reports."""
    persian = {"calendar": "jalali", "digits": "persian", "timezone": "Asia/Tehran",
               "currency": "IRR", "region": "IR"}  # fmt: skip
    settings = {"language": language, **(persian if language == "fa" else {})}
    company = cast.company(name="نساجی آفتاب" if language == "fa" else "Wrenfold", **settings)
    workspace = Workspace(cast.member(company))
    run_jobs = run_jobs or run_here
    with cast.inside(company):
        sell(cdnow(_today() - timedelta(days=12) - CDNOW_END)[:sales])
    _records(workspace, language)
    _import(workspace, cast.app, run_jobs)
    for report in REPORTS:
        workspace.post(f"reports/{report}/runs")
    run_jobs(cast.app)
    with cast.inside(company):
        workspace.values = {**_ids(workspace), **_links(workspace), "tenant_slug": company.slug}
    return workspace


def _today() -> date:
    return datetime.now(UTC).date()


def run_here(app: Payvand) -> None:
    """Do the work that is due without a worker."""
    with app.app_context():
        drain()


def _records(workspace: Workspace, language: str) -> None:
    name, city = {"en": ("Iris Calloway", "Leeds"), "fa": ("نگار رستمی‌پور", "اصفهان")}[language]
    company = "A company whose name is long enough to need two lines on a phone"
    workspace.post("contacts/new", id=new_id(), name=company, kind="company")
    contact = {"id": new_id(), "name": name, "kind": "person", "city": city, "company": company,
               "email": "a.rather.long.address.for.a.column@mail.example.com"}  # fmt: skip
    workspace.post("contacts/new", **contact)
    workspace.post(f"contacts/{contact['id']}/fields/city", value=f"{city} 2", was=city)
    workspace.post(f"contacts/{contact['id']}/notes", text="Asked for a quote.", id=new_id())
    product = {"name": "Blue cup", "code": "CUP-9", "unit_price": "12"}
    workspace.post("products/new", id=new_id(), **product)
    line = {"lines-0-product": "Blue cup", "lines-0-quantity": "2", "lines-0-unit_price": "12"}
    order = {"ordered_on": _today().isoformat(), "contact_id": contact["id"], **line}
    workspace.post("orders/new", id=new_id(), **order)
    workspace.post("settings/members/invitations", email="new@example.com", role="rep")
    workspace.values = {"contact_id": contact["id"]}


def _import(workspace: Workspace, app: Payvand, run_jobs: Callable[[Payvand], None]) -> None:
    batch_id = new_id()
    workspace.values["import_id"] = batch_id
    file = (io.BytesIO(ORDERS_FILE.encode()), "orders.csv")
    workspace.post("imports/new", id=batch_id, file=file)
    fields = ("order", "date", "customer", "product", "quantity", "unit_price")
    columns = {f"column-{place}": name for place, name in enumerate(fields)}
    for step in ("check", "import"):
        workspace.post(f"imports/{batch_id}/match", heading="1", decimal=".", next=step, **columns)
        run_jobs(app)


def _ids(workspace: Workspace) -> dict[str, Any]:
    """A record of the tenant entered for each argument, those with most to show."""
    contact_id = workspace.values["contact_id"]
    note = select(TimelineEvent.id).where(
        TimelineEvent.contact_id == contact_id, TimelineEvent.kind == "note"
    )
    queries = {
        "order_id": select(Order.id).where(Order.contact_id == contact_id),
        "product_id": select(Product.id).where(Product.code == "CUP-9"),
        "event_id": note,
        "invitation_id": select(Invitation.id),
        "import_id": select(Import.id).where(Import.state == "finished"),
        "mail_id": select(Mail.id),
    }
    account_id = workspace.owner.account_id
    session = select(AccountSession.id).where(AccountSession.account_id == account_id)
    found = {name: db.session.scalar(query.limit(1)) for name, query in queries.items()}
    runs = db.session.execute(select(ReportRun.report, ReportRun.id)).all()
    return {
        **found,
        "contact_id": contact_id,
        "membership_id": workspace.owner.membership_id,
        "session_id": db.session.scalar(session.limit(1)),
        "run_id": {run.report: run.id for run in runs},
        "field": "city",
    }


def _links(workspace: Workspace) -> dict[str, Any]:
    """Tokens of links in mails, by the endpoint that takes them."""
    account = db.session.get_one(Account, workspace.owner.account_id)
    return {
        "token": {
            "accounts.verify": issue_token(account, "verify"),
            "accounts.new_password": issue_token(account, "reset"),
            "members.invitation": "not-an-invitation",
        }
    }
