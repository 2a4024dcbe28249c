"""A company signs up."""

from __future__ import annotations

from tests.tenants.conftest import Visitor, sign_up_form


def test_a_company_signs_up_verifies_and_lands_in_its_workspace(visitor: Visitor) -> None:
    form = sign_up_form(visitor)
    answer = visitor.post("/sign-up", **form)
    assert answer.status_code == 200
    assert "Read your mail" in answer.text
    assert visitor.get(visitor.link()).status_code == 200
    assert visitor.post(visitor.link()).location == "/"
    page = visitor.get(f"/{form['slug']}/settings/members")
    assert page.status_code == 200
    assert "Nadia Reed" in page.text
