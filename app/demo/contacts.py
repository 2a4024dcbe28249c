"""What the import does not carry: kinds, owners, sources, people at companies, leads, notes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.crm.contacts.models import Contact
from app.crm.timeline.models import TimelineEvent
from app.demo.company import DemoCompany
from app.demo.draws import draw
from app.demo.people import Party
from app.extensions import db
from app.l10n import from_local, sort_key, today
from app.tenancy import new_id
from app.tenants.members.models import Membership

LOYAL_ORDERS = 2
NOTED_ORDERS = 3
NOTED_AFTER = timedelta(days=14)

_ENRICH = text("""
    UPDATE contacts SET kind = given.kind, city_key = given.city_key, owner_id = given.owner_id,
        source = given.source, created_at = given.created_at, updated_at = given.created_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        id uuid, kind text, city_key text, owner_id uuid, source text, created_at timestamptz)
    WHERE contacts.id = given.id
""")


@dataclass(frozen=True)
class Customer:
    """An imported contact, as its orders show it."""

    id: UUID
    place: int
    kind: str
    orders: int
    first_day: date
    last_day: date
    owner_id: UUID | None


class Enrichment:
    """Fills in the contacts of one company, on behalf of its members."""

    def __init__(self, company: DemoCompany, members: list[Membership]) -> None:
        self.company = company
        self.members = members
        self.sources: list[str] = company.story.data["sources"]
        self.events: list[TimelineEvent] = []

    def enrich_customers(self) -> list[Customer]:
        """Complete the imported contacts; returns them."""
        columns = (
            Contact.id,
            Contact.reference,
            Contact.orders_count,
            Contact.first_order_on,
            Contact.last_order_on,
        )
        found = {row.reference: row for row in db.session.execute(select(*columns))}
        parties = self.company.customers.values()
        customers = [self._customer(party, found[party.reference]) for party in parties]
        rows = [self._row(customer) for customer in customers]
        db.session.execute(_ENRICH, {"rows": json.dumps(rows)})
        return customers

    def _customer(self, party: Party, row: Any) -> Customer:
        is_cared_for = party.kind == "company" or row.orders_count >= LOYAL_ORDERS
        owner_id = self._member(party.place).id if is_cared_for else None
        days = row.first_order_on, row.last_order_on
        return Customer(row.id, party.place, party.kind, row.orders_count, *days, owner_id)

    def _row(self, customer: Customer) -> dict[str, Any]:
        place = customer.place
        return {
            "id": str(customer.id),
            "kind": customer.kind,
            "city_key": sort_key(self.company.customers[place].city),
            "owner_id": customer.owner_id and str(customer.owner_id),
            "source": self._source(place),
            "created_at": _moment(customer.first_day, "met", place).isoformat(),
        }

    def add_people(self, customers: list[Customer]) -> None:
        """People who work at the companies, and leads."""
        by_place = {customer.place: customer for customer in customers}
        for party in self.company.staff:
            employer = by_place[party.company or 0]
            links = {"company_id": employer.id, "owner_id": employer.owner_id}
            self._add(party, employer.first_day, **links)
        for party in self.company.leads:
            met_on = today() - timedelta(days=1 + draw(60, "lead", party.place))
            self._add(party, met_on, owner_id=self._member(party.place).id)

    def _add(self, party: Party, met_on: date, **links: UUID | None) -> None:
        created_at = _moment(met_on, "met", party.place)
        contact = Contact(
            id=new_id(),
            name=party.name,
            email=party.email,
            phone=party.phone,
            city=party.city,
            source=self._source(party.place),
            created_at=created_at,
            updated_at=created_at,
            **links,
        )
        author = self._member(party.place).account_id
        db.session.add(contact)
        self.events.append(_event(contact.id, "created", created_at, author, {}))

    def add_notes(self, customers: list[Customer]) -> None:
        """Notes on the companies and on some of those who came often."""
        for customer in customers:
            is_often_here = customer.orders >= NOTED_ORDERS
            if customer.kind == "company" or (
                is_often_here and not draw(4, "noted", customer.place)
            ):
                self.events.extend(self._notes(customer))

    def write_events(self) -> None:
        """Put what happened on the timelines, once all contacts are there."""
        db.session.flush()
        db.session.add_all(self.events)
        db.session.flush()

    def _notes(self, customer: Customer) -> Iterator[TimelineEvent]:
        texts, place = self.company.story.data[f"{customer.kind}_notes"], customer.place
        details, openings = texts["details"], texts["openings"]
        for nth, day in enumerate(_days_between(customer)):
            opening = openings[(place + nth) % len(openings)]
            detail = details[(draw(97, "detail", place) + nth) % len(details)]
            moment = _moment(day, "note", place, nth)
            author = self._member(place).account_id
            yield _event(customer.id, "note", moment, author, {"text": f"{opening} {detail}"})

    def _member(self, place: int) -> Membership:
        """The rep has most contacts, the owner fewest."""
        share = draw(10, "owner", place)
        return self.members[0 if share == 0 else 1 if share < 4 else 2]

    def _source(self, place: int) -> str | None:
        told = draw(10, "told", place) < 7
        return self.sources[draw(len(self.sources), "source", place)] if told else None


def _days_between(customer: Customer) -> list[date]:
    """One or two days from the first order to soon after the last, yesterday at the latest."""
    end = min(customer.last_day + NOTED_AFTER, today() - timedelta(days=1))
    span = (end - customer.first_day).days + 1
    days = (draw(span, "day", customer.place, nth) for nth in range(1 + customer.place % 2))
    return [customer.first_day + timedelta(days=day) for day in sorted(days)]


def _moment(day: date, *key: object) -> datetime:
    """A time within opening hours of the day, on the tenant's clock."""
    minutes = draw(9 * 60, "minute", *key)
    return from_local(datetime.combine(day, time(9)) + timedelta(minutes=minutes))


def _event(
    contact_id: UUID, kind: str, moment: datetime, account_id: UUID, details: dict[str, Any]
) -> TimelineEvent:
    return TimelineEvent(
        contact_id=contact_id,
        happened_at=moment,
        kind=kind,
        account_id=account_id,
        details=details,
    )
