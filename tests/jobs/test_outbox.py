"""Jobs run once, in their tenant, and only if the request that asked for them was committed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from app.crm.contacts.models import Contact
from app.extensions import db
from app.jobs import Outbox, drain, enqueue, housekeep, perform, relay_engine, sweep
from app.tenancy import acting_for
from app.web import Payvand
from tests.cast import Cast, Company
from tests.jobs import sample


def names(cast: Cast, company: Company) -> list[str]:
    with cast.inside(company):
        return sorted(db.session.scalars(select(Contact.name)))


def state(app: Payvand, outbox_id: object) -> dict[str, object]:
    with app.app_context(), relay_engine().connect() as connection:
        row = connection.execute(text("SELECT * FROM outbox WHERE id = :id"), {"id": outbox_id})
        return dict(row.mappings().one())


def test_a_job_runs_in_the_tenant_that_asked_for_it(cast: Cast, company: Company) -> None:
    with cast.inside(company):
        sample.add_contact.later(name="Made by a job")
    with cast.app.app_context():
        drain()
    assert names(cast, company) == ["Made by a job"]


def test_a_job_asked_for_in_a_rolled_back_request_never_runs(cast: Cast, company: Company) -> None:
    with cast.app.app_context(), acting_for(company.id):
        sample.add_contact.later(name="Never")
        db.session.rollback()
    with cast.app.app_context():
        drain()
    assert names(cast, company) == []


def test_a_second_delivery_does_nothing(cast: Cast, company: Company) -> None:
    with cast.inside(company):
        outbox_id = sample.add_contact.later(name="Once")
    with cast.app.app_context():
        perform(str(outbox_id))
        perform(str(outbox_id))
    assert names(cast, company) == ["Once"]


def test_a_receipt_stops_a_repeat_whose_end_was_not_recorded(cast: Cast, company: Company) -> None:
    with cast.inside(company):
        outbox_id = sample.add_contact.later(name="Once")
    with cast.app.app_context():
        perform(str(outbox_id))
        with relay_engine().begin() as connection:
            connection.execute(
                text("UPDATE outbox SET finished_at = NULL, started_at = NULL WHERE id = :id"),
                {"id": outbox_id},
            )
        perform(str(outbox_id))
    assert names(cast, company) == ["Once"]
    assert state(cast.app, outbox_id)["finished_at"] is not None


def test_a_failing_job_is_tried_again_later(cast: Cast, company: Company, tmp_path: Path) -> None:
    log = tmp_path / "tries"
    with cast.inside(company):
        outbox_id = sample.stumble.later(log=str(log), times=1)
    with cast.app.app_context():
        perform(str(outbox_id))
        waiting = state(cast.app, outbox_id)
        assert waiting["finished_at"] is None
        assert waiting["failed_at"] is None
        assert waiting["due_at"] > waiting["created_at"]
        perform(str(outbox_id))
    assert state(cast.app, outbox_id)["finished_at"] is not None
    assert log.read_text(encoding="ascii") == "xx"


def test_a_job_gives_up_after_three_tries(cast: Cast, company: Company, tmp_path: Path) -> None:
    log = tmp_path / "tries"
    with cast.inside(company):
        outbox_id = sample.stumble.later(log=str(log), times=9)
    with cast.app.app_context():
        for _ in range(5):
            perform(str(outbox_id))
    assert state(cast.app, outbox_id)["failed_at"] is not None
    assert log.read_text(encoding="ascii") == "xxx"


def test_a_refused_job_leaves_a_sentence_and_nothing_else(cast: Cast, company: Company) -> None:
    with cast.inside(company):
        outbox_id = sample.refuse.later(name="This")
    with cast.app.app_context():
        perform(str(outbox_id))
    with cast.inside(company):
        stored = db.session.scalars(select(Contact)).one()
        assert (stored.name, stored.note) == ("This", "This cannot be done.")
    assert state(cast.app, outbox_id)["failed_at"] is not None


def test_the_sweeper_frees_silent_rows_and_leaves_living_ones(cast: Cast, company: Company) -> None:
    with cast.inside(company):
        silent = sample.add_contact.later(name="Silent")
        living = sample.add_contact.later(name="Living")
    with cast.app.app_context():
        with relay_engine().begin() as connection:
            connection.execute(
                text("""UPDATE outbox SET queued_at = now() - interval '5 minutes',
                        started_at = now() - interval '5 minutes', attempts = 1,
                        heartbeat_at = now() - CASE WHEN id = :silent THEN interval '31 seconds'
                                                    ELSE interval '5 seconds' END
                        WHERE id IN (:silent, :living)"""),
                {"silent": silent, "living": living},
            )
        sweep()
    assert state(cast.app, silent)["queued_at"] is None
    assert state(cast.app, living)["queued_at"] is not None


def test_the_app_may_not_read_the_outbox(cast: Cast, company: Company) -> None:
    with cast.app.app_context(), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("SELECT count(*) FROM outbox"))


def test_a_tenant_cannot_ask_for_another_tenants_job(cast: Cast, company: Company) -> None:
    other = cast.company()
    forged = insert(Outbox.__table__).values(  # type: ignore[arg-type]
        id=other.id, tenant_id=other.id, job="tests.jobs.sample.add_contact", arguments={}
    )
    with cast.app.app_context(), acting_for(company.id):
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.execute(forged.inline())
        db.session.rollback()


def test_every_name_given_to_enqueue_is_a_job(cast: Cast, company: Company) -> None:
    with cast.inside(company):
        outbox_id = enqueue("tests.jobs.sample.names_nothing")
    with cast.app.app_context():
        for _ in range(3):
            perform(str(outbox_id))
    assert "names_nothing" in str(state(cast.app, outbox_id)["error"])


def test_housekeeping_forgets_what_has_run_out_and_keeps_the_rest(
    cast: Cast, company: Company
) -> None:
    owner = cast.member(company)
    old = cast.member(company, "rep")
    with cast.app.app_context():
        db.session.execute(
            text("UPDATE sessions SET expires_at = now() WHERE account_id = :id"),
            {"id": old.account_id},
        )
        db.session.commit()
        housekeep()
        left = set(db.session.scalars(text("SELECT account_id FROM sessions")))
    assert owner.account_id in left
    assert old.account_id not in left
