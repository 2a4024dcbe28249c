"""The filtered list as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from app.extensions import db
from app.tenants.audit.models import AuditEvent
from tests.cast import Cast, Company, Member
from tests.crm.contacts.conftest import AddContact, AddOrder


def exported(member: Member, query: str = "") -> list[dict[str, str]]:
    answer = member.client.get(member.url(f"contacts/export{query}"))
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    text = answer.get_data().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_export_holds_the_filtered_list_with_real_figures(
    owner: Member, stranger: Member, add_contact: AddContact, add_order: AddOrder
) -> None:
    firm = add_contact("Wrenfold", kind="company")
    iris = add_contact("Iris", company_id=firm, owner_id=owner.membership_id, city="Leeds")
    add_order(iris, date(2026, 3, 5), 123456)
    add_contact("Not mine", stranger.company)
    rows = exported(owner, "?tab=customers")
    assert [row["Name"] for row in rows] == ["Iris"]
    assert rows[0]["Company"] == "Wrenfold"
    assert rows[0]["Owner"] == "Ada Owner"
    assert rows[0]["First order"] == "2026-03-05"
    assert rows[0]["Bought ($)"] == "1234.56"
    assert len(exported(owner, "?sort=-worth")) == 2


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "=cmd|' /C'!A0"])
def test_no_cell_becomes_a_formula(owner: Member, add_contact: AddContact, name: str) -> None:
    add_contact(name, note=name, phone="+12125550142")
    row = exported(owner)[0]
    assert row["Name"] == f"'{name}"
    assert row["Note"] == f"'{name}"
    assert row["Phone"] == "'+12125550142"


def test_an_export_is_written_down(
    cast: Cast, company: Company, owner: Member, add_contact: AddContact
) -> None:
    add_contact("Iris", city="Leeds")
    add_contact("Marcus")
    exported(owner, "?city=leeds")
    with cast.inside(company):
        event = db.session.scalars(
            db.select(AuditEvent).filter_by(action="contacts.exported")
        ).one()
        assert event.account_id == owner.account_id
        assert event.details == {"count": 1, "filters": {"city": "leeds"}}


def test_a_rep_may_not_export(colleague: Member) -> None:
    assert colleague.client.get(colleague.url("contacts/export")).status_code == 403


def test_a_filter_that_cannot_be_read_exports_nothing(owner: Member) -> None:
    assert owner.client.get(owner.url("contacts/export?won_from=x")).status_code == 422
