"""What is derived for a contact or product typed by hand is derived for an imported one too."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.crm.contacts.models import Contact
from app.crm.products.models import Product
from app.extensions import db
from tests.cast import Cast, Company, Member
from tests.crm.contacts.test_list import listed
from tests.crm.imports.conftest import Runner

PEOPLE = (
    "order,date,customer,customer_name,email,phone,city,sku,product,total\n"
    "1,2020-01-31,C1,Zoë Ångström,Zoe@Example.com,+44 20 7946 0112,São Paulo,T-1,Thé vert,5\n"
    "2,2020-02-28,C2,علی كريمي,,,تهران,T-2,چای,6\n"
    "3,2020-02-29,,,,,,T-1,Thé vert,7\n"
)
DERIVED: dict[type[Any], tuple[str, ...]] = {
    Contact: ("sort_key", "city_key", "search_text"),
    Product: ("sort_key",),
}


@pytest.mark.parametrize("model", DERIVED)
def test_derived_columns_are_as_if_typed_by_hand(
    run_import: Runner, cast: Cast, company: Company, model: type[Any]
) -> None:
    assert run_import(PEOPLE)["orders"] == 3
    with cast.inside(company):
        found = db.session.scalars(select(model)).all()
        assert len(found) == 2
        before = [[getattr(row, name) for name in DERIVED[model]] for row in found]
        for row in found:
            flag_modified(row, "name")
        db.session.flush()
        assert [[getattr(row, name) for name in DERIVED[model]] for row in found] == before


def test_an_imported_contact_is_found_by_city_and_by_search(
    run_import: Runner, owner: Member
) -> None:
    run_import(PEOPLE)
    assert listed(owner, city="sao paulo") == ["Zoë Ångström"]
    assert listed(owner, city="تهران") == ["علی كريمي"]
    assert listed(owner, city="Berlin") == []
    for typed in ("ÅNGSTRÖM", "C1", "zoe@example", "020 7946 0112", "PAULO"):
        assert listed(owner, q=typed) == ["Zoë Ångström"], typed
    assert listed(owner, q="کریمی") == ["علی كريمي"]
