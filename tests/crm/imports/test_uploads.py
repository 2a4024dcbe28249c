"""What is kept of an upload that did not come in: its refused rows, and for how long."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.extensions import db
from app.web import Payvand
from tests.cast import Cast, Member
from tests.crm.imports.conftest import HEADINGS, csv_text
from tests.crm.imports.test_wizard import choices, text_of, upload, work

BAD = ("1", "A", "", "1", "soon", "1", "2", "UK")
GOOD = ("2", "A", "", "1", "2020-01-01", "1", "3", "")


def checked(app: Payvand, member: Member, rows: list[tuple[str, ...]]) -> str:
    """The address of a batch of these rows that was uploaded and checked."""
    address = str(upload(member, csv_text([HEADINGS, *rows])).headers["Location"])
    work(app)
    return address


def refused_rows(member: Member, address: str) -> list[str]:
    body = member.client.get(f"{address}/errors.csv").data.decode("utf-8-sig")
    return [line.partition(",")[0] for line in body.splitlines()[1:]]


def test_a_check_that_lets_no_row_in_offers_them_with_the_reasons(
    app: Payvand, owner: Member
) -> None:
    address = checked(app, owner, [BAD, BAD])
    page = owner.client.get(address)
    assert "no row can come in" in text_of(page)
    assert f'href="{address}/errors.csv"' in page.text
    assert refused_rows(owner, address) == ["2", "3"]


def test_a_check_that_lets_every_row_in_offers_no_file(app: Payvand, owner: Member) -> None:
    address = checked(app, owner, [GOOD])
    assert "errors.csv" not in owner.client.get(address).text
    assert refused_rows(owner, address) == []


def test_another_check_and_the_import_leave_only_their_own_refusals(
    app: Payvand, owner: Member
) -> None:
    address = checked(app, owner, [BAD, GOOD])
    form = choices(owner.client.get(address).text)
    owner.client.post(f"{address}/match", data=form | {"column-4": "", "column-7": "date"})
    assert refused_rows(owner, address) == []
    work(app)
    assert refused_rows(owner, address) == ["2", "3"]
    for _step in range(2):
        owner.client.post(f"{address}/match", data=form | {"next": "import"})
        work(app)
    assert "1 line came in" in text_of(owner.client.get(address))
    assert refused_rows(owner, address) == ["2"]


def test_a_file_read_with_another_heading_has_no_refusals_until_its_check(
    app: Payvand, owner: Member
) -> None:
    address = checked(app, owner, [BAD])
    form = choices(owner.client.get(address).text)
    owner.client.post(f"{address}/match", data=form | {"heading": "0"})
    assert refused_rows(owner, address) == []


def age(cast: Cast, member: Member, days: int) -> None:
    """Make all of the member's batches so many days older."""
    with cast.inside(member.company):
        statement = text("UPDATE imports SET created_at = now() - make_interval(days => :days)")
        db.session.execute(statement, {"days": days})


def kept(cast: Cast, member: Member) -> list[Any]:
    with cast.inside(member.company):
        chunks = "SELECT DISTINCT i.state FROM import_chunks JOIN imports i ON i.id = import_id"
        return list(db.session.scalars(text(chunks)))


@pytest.mark.parametrize("state", ["uploaded", "checked", "failed"])
def test_an_abandoned_upload_goes_when_a_new_one_comes(
    app: Payvand, owner: Member, cast: Cast, state: str
) -> None:
    address = checked(app, owner, [BAD, GOOD])
    with cast.inside(owner.company):
        db.session.execute(text("UPDATE imports SET state = :state"), {"state": state})
    age(cast, owner, 31)
    newer = checked(app, owner, [GOOD])
    assert owner.client.get(address).status_code == 404
    assert "Import 1 row" in text_of(owner.client.get(newer))
    with cast.inside(owner.company):
        counts = "SELECT (SELECT count(*) FROM import_chunks), (SELECT count(*) FROM imports)"
        assert tuple(db.session.execute(text(counts)).one()) == (1, 1)
        told = "SELECT details ->> 'file' FROM audit_events WHERE action = 'import.discarded'"
        assert db.session.scalars(text(told)).all() == ["orders.csv"]


def test_an_upload_of_a_month_and_one_that_came_in_stay(
    app: Payvand, owner: Member, cast: Cast
) -> None:
    done = checked(app, owner, [GOOD])
    form = choices(owner.client.get(done).text)
    owner.client.post(f"{done}/match", data=form | {"next": "import"})
    work(app)
    age(cast, owner, 31)
    waiting = checked(app, owner, [BAD, GOOD])
    with cast.inside(owner.company):
        month = "UPDATE imports SET created_at = now() - interval '29 days' WHERE state = 'checked'"
        db.session.execute(text(month))
    checked(app, owner, [GOOD])
    assert owner.client.get(waiting).status_code == 200
    assert "1 line came in" in text_of(owner.client.get(done))


def test_a_new_upload_leaves_the_neighbours_alone(
    app: Payvand, owner: Member, stranger: Member, cast: Cast
) -> None:
    address = checked(app, owner, [GOOD])
    age(cast, owner, 31)
    checked(app, stranger, [GOOD])
    assert owner.client.get(address).status_code == 200
    assert kept(cast, owner) == ["checked"]


@pytest.mark.parametrize("suffix", ["/discard", "/retry", "/undo"])
def test_a_batch_that_is_gone_is_missing(
    app: Payvand, owner: Member, cast: Cast, suffix: str
) -> None:
    address = checked(app, owner, [GOOD])
    assert owner.client.post(f"{address}/discard").status_code == 303
    assert owner.client.post(address + suffix).status_code == 404
