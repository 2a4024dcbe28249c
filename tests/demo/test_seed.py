"""The demo companies in the real database, made and removed by the commands people use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from app.crm.contacts.models import Contact
from app.crm.imports.models import Import
from app.crm.orders.models import Order, OrderLine
from app.crm.products.models import Product
from app.crm.timeline.models import TimelineEvent
from app.demo.company import DemoCompany, make_company
from app.demo.members import PASSWORD
from app.demo.story import LANGUAGES, load_story
from app.extensions import Base, db
from app.l10n import today, use
from app.tenancy import acting_for
from app.tenants.members.models import Membership
from app.tenants.passwords import is_password
from app.web import Payvand
from tests.demo.steps import run, tenant_of

CENTS = 24_409_194
LAST_OF_SAMPLE = "C-2357"


@pytest.fixture(scope="module")
def seeded(app: Payvand) -> Iterator[list[dict[str, str]]]:
    """What `demo seed` printed; the companies go when the module is over."""
    yield run(app, "demo", "seed")["workspaces"]
    run(app, "demo", "remove")


def asked(app: Payvand, language: str, *columns: Any) -> Any:
    """One row of the tenant's data."""
    with app.app_context(), acting_for(tenant_of(app, language).id):
        return db.session.execute(select(*columns)).one()


def test_the_seed_prints_a_sign_in_for_each_language(seeded: list[dict[str, str]]) -> None:
    assert [workspace["language"] for workspace in seeded] == ["en", "fa"]
    for workspace in seeded:
        assert set(workspace) == {"name", "url_path", "email", "password", "language"}


def test_the_printed_sign_in_works(app: Payvand, seeded: list[dict[str, str]]) -> None:
    for workspace in seeded:
        client = app.test_client()
        values = {"email": workspace["email"], "password": workspace["password"]}
        assert client.post("/sign-in", data=values).status_code == 303
        assert client.get(workspace["url_path"] + "contacts").status_code == 200


def yesterday(language: str) -> date:
    with use(load_story(language).formats):
        return today() - timedelta(days=1)


def planned(app: Payvand, language: str) -> DemoCompany:
    """The company as it was made up for the newest day that the database holds."""
    newest = asked(app, language, func.max(Order.ordered_on))[0]
    return make_company(load_story(language), newest)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_the_figures_of_the_first_customers_are_those_of_the_sample(
    app: Payvand, language: str
) -> None:
    figures = select(
        func.count(), func.count(Order.contact_id.distinct()), func.sum(Order.total)
    ).join(Contact, Contact.id == Order.contact_id)
    of_sample = figures.where(~Order.is_return, Contact.reference <= LAST_OF_SAMPLE)
    with app.app_context(), acting_for(tenant_of(app, language).id):
        found = tuple(db.session.execute(of_sample).one())
    cents = CENTS * load_story(language).minor_per_cent
    assert found == (6919, 2357, cents)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_every_order_of_the_plan_is_there_until_yesterday(app: Payvand, language: str) -> None:
    found = asked(app, language, func.count(), func.sum(Order.total), func.max(Order.ordered_on))
    sales = planned(app, language).sales
    cents = sum(line.cents for sale in sales for line in sale.lines)
    total = cents * load_story(language).minor_per_cent
    assert tuple(found) == (len(sales), total, yesterday(language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_customers_are_won_until_this_week(app: Payvand, language: str) -> None:
    week_ago = yesterday(language) - timedelta(days=6)
    won = asked(app, language, func.count().filter(Contact.first_order_on >= week_ago))[0]
    assert won >= 11


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_lines_add_up_to_their_orders(app: Payvand, language: str) -> None:
    with app.app_context(), acting_for(tenant_of(app, language).id):
        lines = select(OrderLine.order_id, func.sum(OrderLine.amount).label("sum"))
        sums = lines.group_by(OrderLine.order_id).subquery()
        joined = select(func.count()).join_from(Order, sums, sums.c.order_id == Order.id)
        orders = db.session.scalar(select(func.count()).select_from(Order))
        assert db.session.scalar(joined.where(sums.c.sum == Order.total)) == orders > 6919
        unknown = select(func.count()).where(OrderLine.product_id.is_(None))
        assert db.session.scalar(unknown) == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_the_orders_came_through_an_import_without_refusals(app: Payvand, language: str) -> None:
    row = asked(app, language, Import.state, Import.counts)
    assert row.state == "finished"
    assert row.counts["refused"] == 0
    orders = [sale for sale in planned(app, language).sales if not sale.is_return]
    assert row.counts["purchases"] == len(orders) > 6919
    assert row.counts["products_new"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_contacts_look_like_a_business(app: Payvand, language: str) -> None:
    row = asked(
        app,
        language,
        func.count().filter(Contact.kind == "company"),
        func.count().filter(Contact.company_id.is_not(None)),
        func.count().filter(Contact.owner_id.is_not(None)),
        func.count().filter(Contact.city_key.is_(None)),
        func.count(Contact.owner_id.distinct()),
        func.count().filter(Contact.orders_count == 0),
    )
    companies, staff, owned, without_city, owners, others = row
    assert companies > 100
    assert staff >= companies
    assert owned > 1000
    assert (without_city, owners) == (0, 3)
    assert others == staff + 48


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_notes_are_signed_and_never_of_the_future(app: Payvand, language: str) -> None:
    with app.app_context(), acting_for(tenant_of(app, language).id):
        members = set(db.session.scalars(select(Membership.account_id)))
        notes = db.session.scalars(select(TimelineEvent).where(TimelineEvent.kind == "note")).all()
        assert len(notes) > 150
        assert all(note.account_id in members and note.details["text"] for note in notes)
        newest = db.session.scalar(select(func.max(TimelineEvent.happened_at)))
        assert newest < db.session.scalar(select(func.now()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_the_members_sign_in_with_the_printed_password(app: Payvand, language: str) -> None:
    tenant = tenant_of(app, language)
    with app.app_context():
        members = db.session.scalars(
            select(Membership).where(Membership.tenant_id == tenant.id)
        ).all()
        assert sorted(member.role for member in members) == ["manager", "owner", "rep"]
        found = select(Base.metadata.tables["accounts"].c.password_hash).where(
            text("id = ANY (:ids)")
        )
        ids = [member.account_id for member in members]
        assert all(is_password(h, PASSWORD) for h in db.session.scalars(found, {"ids": ids}))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_each_report_is_there_from_the_start(app: Payvand, language: str) -> None:
    runs = Base.metadata.tables["report_runs"]
    with app.app_context(), acting_for(tenant_of(app, language).id):
        found = dict(db.session.execute(select(runs.c.report, runs.c.state)).all())
        assert found == dict.fromkeys(("retention", "segments", "clv"), "finished")
        scores = Base.metadata.tables["contact_scores"]
        valued = select(func.count(scores.c.segment), func.count(scores.c.worth))
        customers = db.session.scalar(select(func.count(Order.contact_id.distinct())))
        assert tuple(db.session.execute(valued).one()) == (customers, customers)
        assert customers > 3200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("seeded")
def test_the_retention_report_has_a_cohort_for_each_month(app: Payvand, language: str) -> None:
    runs = Base.metadata.tables["report_runs"]
    newest = select(runs.c.result).where(runs.c.report == "retention").limit(1)
    with app.app_context(), acting_for(tenant_of(app, language).id):
        cohorts = db.session.execute(newest).scalar_one()["cohorts"]
    assert len(cohorts) >= 17
    assert all(cohort["size"] > 0 for cohort in cohorts)


@pytest.mark.usefixtures("seeded")
def test_the_two_companies_never_mix(app: Payvand) -> None:
    ids: dict[str, set[UUID]] = {}
    for language in LANGUAGES:
        with app.app_context(), acting_for(tenant_of(app, language).id):
            ids[language] = set(db.session.scalars(select(Contact.id)))
            names = " ".join(db.session.scalars(select(Contact.name)))
            products = " ".join(db.session.scalars(select(Product.name)))
        is_latin = any("a" <= letter <= "z" for letter in names + products)
        assert is_latin == (language == "en")
    assert not ids["en"] & ids["fa"]


@pytest.mark.usefixtures("seeded")
def test_a_second_seed_leaves_everything_as_it_is(
    app: Payvand, seeded: list[dict[str, str]]
) -> None:
    figures = func.count(Order.id), func.max(Order.created_at)
    before = [asked(app, language, *figures) for language in LANGUAGES]
    tenants = [tenant_of(app, language).id for language in LANGUAGES]
    assert run(app, "demo", "seed")["workspaces"] == seeded
    assert [tenant_of(app, language).id for language in LANGUAGES] == tenants
    assert [asked(app, language, *figures) for language in LANGUAGES] == before


@pytest.mark.usefixtures("seeded")
def test_a_seed_that_was_cut_off_before_its_reports_is_completed(app: Payvand) -> None:
    runs = Base.metadata.tables["report_runs"]
    tenant_id = tenant_of(app, "en").id
    with app.app_context(), acting_for(tenant_id):
        db.session.execute(runs.delete().where(runs.c.report == "segments"))
        db.session.commit()
    run(app, "demo", "seed", "--language", "en")
    with app.app_context(), acting_for(tenant_id):
        found = db.session.scalars(select(runs.c.state).where(runs.c.report == "segments"))
        assert found.all() == ["finished"]
