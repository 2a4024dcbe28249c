"""The wizard's pages: upload, match, check, import, undo."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import text

from app.extensions import db
from app.jobs import drain
from app.web import Payvand
from tests.cast import Cast, Company, Member
from tests.crm.imports.conftest import HEADINGS, csv_text, workbook_bytes


def upload(member: Member, content: str | bytes, name: str = "orders.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return member.client.post(
        member.url("imports/new"),
        data={"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def work(app: Payvand) -> None:
    with app.app_context():
        drain()


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def choices(page: str) -> dict[str, str]:
    """What the matching form would post as it stands."""
    found = {}
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


@pytest.fixture
def uploaded(app: Payvand, owner: Member, invoices: str) -> str:
    """The address of a batch that was uploaded and checked."""
    response = upload(owner, invoices)
    assert response.status_code == 303
    work(app)
    return str(response.headers["Location"])


def test_an_upload_is_matched_checked_imported_and_undone(
    app: Payvand, owner: Member, uploaded: str
) -> None:
    page = owner.client.get(uploaded)
    words = text_of(page)
    assert "Import 5 rows" in words
    assert "2 new customers" in words
    form = choices(page.get_data(as_text=True)) | {"cancelled_prefix": "C", "next": "import"}
    assert owner.client.post(f"{uploaded}/match", data=form).status_code == 303
    work(app)
    assert "1 return or cancellation" in text_of(owner.client.get(uploaded))
    assert owner.client.post(f"{uploaded}/match", data=form).status_code == 303
    assert "coming in" in text_of(owner.client.get(uploaded))
    work(app)
    done = text_of(owner.client.get(uploaded))
    assert "5 lines came in" in done
    assert "42.39" in done
    assert owner.client.post(f"{uploaded}/undo").status_code == 303
    work(app)
    assert "The import was undone" in text_of(owner.client.get(uploaded))


def test_an_undo_tells_what_it_kept(app: Payvand, owner: Member, cast: Cast, uploaded: str) -> None:
    form = choices(owner.client.get(uploaded).get_data(as_text=True))
    owner.client.post(f"{uploaded}/match", data=form | {"next": "import"})
    work(app)
    with cast.inside(owner.company):
        db.session.execute(text("UPDATE orders SET version = 2 WHERE number = '536366'"))
    owner.client.post(f"{uploaded}/undo")
    work(app)
    words = text_of(owner.client.get(uploaded))
    assert "changed since: orders 1, customers 1, products 1." in words


def test_the_progress_is_polled_until_the_work_is_done(app: Payvand, owner: Member) -> None:
    address = upload(
        owner, csv_text([HEADINGS, *[("1", "A", "", "1", "2020-01-01", "1", "2", "")]])
    )
    url = address.headers["Location"]
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    part = owner.client.get(url, headers=headers).get_data(as_text=True)
    assert "<html" not in part
    assert 'hx-trigger="every 1s"' in part
    work(app)
    part = owner.client.get(url, headers=headers).get_data(as_text=True)
    assert "hx-trigger" not in part
    assert "Import 1 row" in part


def test_a_changed_mapping_is_checked_again_and_not_imported(
    app: Payvand, owner: Member, uploaded: str
) -> None:
    form = choices(owner.client.get(uploaded).get_data(as_text=True))
    form |= {"column-6": "", "next": "import"}
    owner.client.post(f"{uploaded}/match", data=form)
    work(app)
    words = text_of(owner.client.get(uploaded))
    assert "0 new customers" in words
    assert "Import 5 rows" in words


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"column-4": ""}, "Choose the column with the order date."),
        ({"column-5": ""}, "Choose the column with the total of the line"),
        ({"column-7": "product"}, "Two columns are both"),
        ({"cancelled_prefix": "C" * 21}, "at most 20 letters"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_and_kept(
    owner: Member, uploaded: str, change: dict[str, str], sentence: str
) -> None:
    form = choices(owner.client.get(uploaded).get_data(as_text=True)) | change
    response = owner.client.post(f"{uploaded}/match", data=form)
    assert response.status_code == 422
    assert sentence in text_of(response)
    kept = choices(response.get_data(as_text=True))
    assert {name: kept.get(name, form[name]) for name in form} == form


def test_the_next_import_with_the_same_headings_remembers_the_matching(
    app: Payvand, owner: Member, uploaded: str, invoices: str
) -> None:
    form = choices(owner.client.get(uploaded).get_data(as_text=True))
    form |= {"column-7": "city", "cancelled_prefix": "C"}
    for _step in range(2):
        owner.client.post(f"{uploaded}/match", data=form | {"next": "import"})
        work(app)
    again = upload(owner, invoices.replace("53", "63"))
    page = owner.client.get(again.headers["Location"]).get_data(as_text=True)
    assert choices(page)["column-7"] == "city"
    assert 'value="C"' in page
    assert "Remembered" in page


def test_the_same_file_is_announced_and_adds_nothing(
    app: Payvand, owner: Member, uploaded: str, invoices: str
) -> None:
    form = choices(owner.client.get(uploaded).get_data(as_text=True))
    owner.client.post(f"{uploaded}/match", data=form | {"next": "import"})
    work(app)
    again = upload(owner, invoices).headers["Location"]
    work(app)
    words = text_of(owner.client.get(again))
    assert "This very file was imported on" in words
    assert "5 rows stay out" in words
    assert "no row can come in" in words


@pytest.mark.parametrize("suffix", ["", "/match", "/undo", "/discard", "/errors.csv", "/retry"])
def test_a_stranger_finds_no_batch(
    stranger: Member, owner: Member, uploaded: str, suffix: str
) -> None:
    foreign = uploaded.replace(owner.company.slug, stranger.company.slug)
    is_read = suffix in ("", "/errors.csv")
    call = stranger.client.get if is_read else stranger.client.post
    assert call(foreign + suffix).status_code == 404


def test_a_rep_cannot_import(colleague: Member) -> None:
    assert colleague.client.get(colleague.url("imports")).status_code == 403
    assert upload(colleague, "a,b\n1,2\n").status_code == 403


def test_no_file_at_all_is_refused(owner: Member) -> None:
    response = owner.client.post(owner.url("imports/new"), data={})
    assert response.status_code == 422
    assert "Choose a file first." in text_of(response)


def test_an_upload_can_be_discarded_before_it_is_imported(owner: Member, uploaded: str) -> None:
    assert owner.client.post(f"{uploaded}/discard").status_code == 303
    assert owner.client.get(uploaded).status_code == 404


def test_an_import_that_came_in_cannot_be_discarded(
    app: Payvand, owner: Member, uploaded: str
) -> None:
    form = choices(owner.client.get(uploaded).get_data(as_text=True))
    owner.client.post(f"{uploaded}/match", data=form | {"next": "import"})
    work(app)
    owner.client.post(f"{uploaded}/discard")
    assert "5 lines came in" in text_of(owner.client.get(uploaded))


def test_another_sheet_and_a_missing_heading_can_be_chosen(app: Payvand, owner: Member) -> None:
    content = workbook_bytes([("date", "total"), ("2020-01-01", 5)], empty_first=True)
    address = upload(owner, content, "a.xlsx").headers["Location"]
    work(app)
    page = owner.client.get(address).get_data(as_text=True)
    assert choices(page)["sheet"] == "Orders"
    response = owner.client.post(f"{address}/match", data=choices(page) | {"sheet": "Sheet"})
    assert response.status_code == 422
    assert "The file is empty" in text_of(response)
    owner.client.post(f"{address}/match", data=choices(page) | {"heading": "0"})
    assert "Column 1" in text_of(owner.client.get(address))


def test_the_batches_are_listed_with_their_state(owner: Member, uploaded: str) -> None:
    words = text_of(owner.client.get(owner.url("imports")))
    assert "orders.csv" in words
    assert "Ready to import" in words


def test_the_sample_file_needs_no_matching(app: Payvand, owner: Member) -> None:
    sample = owner.client.get(owner.url("imports/sample.csv")).data
    address = upload(owner, sample).headers["Location"]
    work(app)
    assert "Import 4 rows" in text_of(owner.client.get(address))


def test_the_file_of_refused_rows_gives_row_reason_and_cells(app: Payvand, owner: Member) -> None:
    rows = [
        ("=cmd", "A", "", "-1", "soon", "1", "2", "UK"),
        ("2", "A", "", "1", "2020-01-01", "1", "", ""),
    ]
    address = upload(owner, csv_text([HEADINGS, *rows])).headers["Location"]
    work(app)
    form = choices(owner.client.get(address).get_data(as_text=True))
    owner.client.post(f"{address}/match", data=form | {"next": "import"})
    work(app)
    response = owner.client.get(f"{address}/errors.csv")
    lines = response.data.decode("utf-8-sig").splitlines()
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert lines[0].startswith("Row,Reason,InvoiceNo")
    assert lines[1].startswith("2,“soon” is not a date.")
    assert ",'=cmd,A,,-1,soon," in lines[1]
    assert len(lines) == 2


def test_two_uploads_with_one_id_make_one_batch(owner: Member, invoices: str, cast: Cast) -> None:
    from app.tenancy import new_id

    batch_id = str(new_id())
    places = set()
    for _time in range(2):
        data = {"id": batch_id, "file": (io.BytesIO(invoices.encode()), "orders.csv")}
        response = owner.client.post(
            owner.url("imports/new"), data=data, content_type="multipart/form-data"
        )
        places.add(response.headers["Location"])
    assert len(places) == 1


def test_pages_are_whole_in_persian_too(app: Payvand, cast: Cast, invoices: str) -> None:
    company: Company = cast.company(
        language="fa", calendar="jalali", digits="persian", currency="IRR"
    )
    member = cast.member(company, "owner")
    address = upload(member, invoices).headers["Location"]
    work(app)
    assert member.client.get(address).status_code == 200
    assert member.client.get(member.url("imports")).status_code == 200
    assert member.client.get(member.url("imports/new")).status_code == 200
