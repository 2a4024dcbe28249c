"""The list of contacts: what it shows, to whom."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from tests.cast import Member

Add = Callable[..., UUID]


def test_a_new_workspace_is_told_how_to_begin(owner: Member) -> None:
    page = owner.client.get(owner.url("contacts"))
    assert page.status_code == 200
    assert "No contacts yet" in page.text


def test_the_list_shows_the_companys_contacts_and_no_others(
    owner: Member, stranger: Member, add_contact: Add
) -> None:
    add_contact("Iris Calloway")
    assert "Iris Calloway" in owner.client.get(owner.url("contacts")).text
    assert "Iris Calloway" not in stranger.client.get(stranger.url("contacts")).text
