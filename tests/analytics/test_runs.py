"""Runs: asked for once, computed by a worker, reused, refreshed, never mixed between tenants."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app.analytics.runs.models import ReportRun
from app.crm.contacts.models import Contact
from app.crm.orders.ledger import bump_order_revision
from app.crm.orders.models import Order
from app.crm.scores.models import ContactScore
from app.extensions import db
from app.jobs import ATTEMPTS, Outbox, drain, perform, relay_engine
from tests.analytics.shop import UNTIL_LATELY, cdnow, sell


def runs(cast, company):
    with cast.inside(company):
        found = db.session.scalars(select(ReportRun).order_by(ReportRun.created_at)).all()
        db.session.expunge_all()
        return found


def ask(member, report="segments", **parameters):
    return member.client.post(member.url(f"reports/{report}/runs"), data=parameters)


@pytest.fixture
def shop(cast, company, owner):
    with cast.inside(company):
        sell(sale for sale in cdnow(UNTIL_LATELY) if sale.customer < "0200")
    return company


def test_two_who_ask_for_the_same_get_one_run(cast, shop, owner, colleague):
    manager = cast.member(shop, "manager")
    ask(owner)
    ask(manager)
    assert len(runs(cast, shop)) == 1


def test_a_stored_result_is_reused(cast, shop, owner, compute):
    compute(owner, "segments")
    (first,) = runs(cast, shop)
    compute(owner, "segments")
    (again,) = runs(cast, shop)
    assert (again.id, again.finished_at) == (first.id, first.finished_at)


def test_other_parameters_are_another_run(cast, shop, owner, compute):
    compute(owner, "retention", period="month")
    compute(owner, "retention", period="week")
    assert {run.parameters["period"] for run in runs(cast, shop)} == {"month", "week"}


def test_a_change_to_the_orders_makes_a_new_run_that_replaces_the_old(cast, shop, owner, compute):
    compute(owner, "segments")
    (first,) = runs(cast, shop)
    with cast.inside(shop):
        bump_order_revision()
    page = owner.client.get(owner.url("reports/segments")).get_data(as_text=True)
    assert "Orders have changed since." in page
    compute(owner, "segments")
    (second,) = runs(cast, shop)
    assert second.id != first.id
    assert second.order_revision == first.order_revision + 1
    page = owner.client.get(owner.url("reports/segments")).get_data(as_text=True)
    assert "Orders have changed since." not in page


def test_a_result_remembers_the_orders_it_was_made_of(cast, shop, owner):
    ask(owner)
    with cast.inside(shop):
        bump_order_revision()
    with cast.app.app_context():
        drain()
    (run,) = runs(cast, shop)
    assert run.order_revision == 2
    page = owner.client.get(owner.url("reports/segments")).get_data(as_text=True)
    assert "Orders have changed since." not in page


def test_two_companies_side_by_side_never_mix(cast, shop, owner, stranger, compute):
    with cast.inside(stranger.company):
        sell(sale for sale in cdnow(UNTIL_LATELY) if "0200" <= sale.customer < "0320")
    for report in ("segments", "retention", "clv"):
        ask(owner, report)
        ask(stranger, report)
    with cast.app.app_context():
        drain()
    ours = {run.report: run.result for run in runs(cast, shop)}
    theirs = {run.report: run.result for run in runs(cast, stranger.company)}
    assert ours["segments"]["customers"] == ours["clv"]["customers"] == 199
    assert theirs["segments"]["customers"] == theirs["clv"]["customers"] == 120
    for report, company in ((ours, shop), (theirs, stranger.company)):
        with cast.inside(company):
            known = {str(one) for one in db.session.scalars(select(Contact.id))}
            scored = {str(one) for one in db.session.scalars(select(ContactScore.contact_id))}
        assert {one["contact"] for one in report["clv"]["top"]} <= known
        assert scored == known


def test_the_numbers_of_a_company_do_not_depend_on_its_neighbours(cast, shop, owner, compute):
    compute(owner, "clv")
    alone = runs(cast, shop)[0].result["total"]
    neighbour = cast.member(cast.company(), "owner")
    with cast.inside(neighbour.company):
        sell(cdnow(UNTIL_LATELY - timedelta(days=3))[:2000])
    with cast.inside(shop):
        bump_order_revision()
    compute(neighbour, "clv")
    compute(owner, "clv")
    assert runs(cast, shop)[-1].result["total"] == alone


def test_another_companys_run_is_not_there(cast, shop, owner, stranger):
    ask(owner)
    (run,) = runs(cast, shop)
    address = stranger.url(f"reports/segments/runs/{run.id}")
    assert stranger.client.get(address).status_code == 404


def test_a_run_that_was_done_already_is_not_done_again(cast, shop, owner, compute):
    compute(owner, "segments")
    (run,) = runs(cast, shop)
    with cast.app.app_context(), relay_engine().begin() as connection:
        connection.execute(
            text("""
                UPDATE outbox SET finished_at = NULL, started_at = NULL, queued_at = NULL
                WHERE tenant_id = :tenant
            """),
            {"tenant": shop.id},
        )
    with cast.app.app_context():
        drain()
    assert runs(cast, shop)[0].finished_at == run.finished_at


def test_a_run_that_stopped_in_the_middle_is_done_by_the_next_try(cast, shop, owner):
    ask(owner)
    with cast.inside(shop):
        db.session.execute(text("UPDATE report_runs SET state = 'running', progress = 0.4"))
    with cast.app.app_context():
        drain()
    (run,) = runs(cast, shop)
    assert (run.state, run.progress) == ("finished", 1.0)


def outbox_of(company):
    with relay_engine().connect() as connection:
        return connection.execute(
            select(Outbox.id).where(Outbox.tenant_id == company.id, Outbox.finished_at.is_(None))
        ).scalar_one()


def test_a_failure_leaves_a_sentence_and_the_button(cast, shop, owner):
    ask(owner)
    with cast.app.app_context():
        outbox_id = outbox_of(shop)
        with relay_engine().begin() as connection:
            connection.execute(
                text("UPDATE outbox SET attempts = :most WHERE id = :id"),
                {"most": ATTEMPTS, "id": outbox_id},
            )
        perform(str(outbox_id))
    (run,) = runs(cast, shop)
    assert run.state == "failed"
    page = owner.client.get(owner.url("reports/segments")).get_data(as_text=True)
    assert "The last run failed." in page
    assert run.error
    assert run.error in page
    assert "Try again" in page
    ask(owner)
    with cast.app.app_context():
        drain()
    assert [one.state for one in runs(cast, shop)] == ["finished"]


def test_a_fault_of_ours_leaves_a_sentence_too(cast, shop, owner):
    ask(owner, "retention")
    with cast.inside(shop):
        db.session.execute(text("""UPDATE report_runs SET parameters = '{"period": "aeon"}'"""))
    with cast.app.app_context():
        outbox_id = outbox_of(shop)
        with relay_engine().begin() as connection:
            connection.execute(
                text("UPDATE outbox SET attempts = :most WHERE id = :id"),
                {"most": ATTEMPTS - 1, "id": outbox_id},
            )
        perform(str(outbox_id))
    (run,) = runs(cast, shop)
    assert run.state == "failed"
    assert run.error.startswith("The report could not be computed.")


def test_an_unknown_run_fails_nothing_else(cast, shop, owner):
    address = owner.url(f"reports/clv/runs/{uuid4()}")
    assert owner.client.get(address).status_code == 404


def test_the_result_holds_no_customer_beyond_the_best_fifty(cast, shop, owner, compute):
    compute(owner, "clv")
    (run,) = runs(cast, shop)
    assert len(run.result["top"]) == 50
    assert len(str(run.result)) < 30_000


def test_scores_are_replaced_and_those_of_the_lost_taken_away(cast, shop, owner, compute):
    compute(owner, "clv")
    compute(owner, "segments")
    with cast.inside(shop):
        gone = db.session.scalars(select(Contact.id).where(Contact.reference == "0001")).one()
        db.session.execute(text("DELETE FROM orders WHERE contact_id = :id"), {"id": gone})
        bump_order_revision()
    compute(owner, "clv")
    compute(owner, "segments")
    with cast.inside(shop):
        scores = db.session.scalars(select(ContactScore)).all()
        assert [one.contact_id for one in scores if one.worth is None] == [gone]
        assert [one.contact_id for one in scores if one.segment is None] == [gone]
        assert {one.worth_months for one in scores if one.worth is not None} == {24}
        assert all(
            one.worth_low <= one.worth <= one.worth_high
            for one in scores
            if one.worth is not None and one.worth_high > one.worth_low
        )


def test_a_look_back_from_another_day_leaves_the_contacts_alone(cast, shop, owner, compute):
    with cast.inside(shop):
        newest = db.session.scalar(select(Order.ordered_on).order_by(Order.ordered_on.desc()))
    past = (newest - timedelta(days=200)).isoformat()
    compute(owner, "segments", observation_end=past)
    compute(owner, "clv", observation_end=past)
    with cast.inside(shop):
        assert db.session.scalars(select(ContactScore)).all() == []
