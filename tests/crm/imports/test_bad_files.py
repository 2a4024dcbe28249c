"""Files that cannot be read as a whole are refused with a sentence; bad rows are reported."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from app.web import Payvand
from tests.cast import Company, Member
from tests.crm.imports.conftest import Runner, csv_text, workbook_bytes
from tests.crm.imports.test_wizard import text_of, upload

HEAD = "order,date,customer,quantity,total\n"
GOOD = "1,2020-01-31,C1,2,10.00\n"


def zipped(**entries: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (80 * 1024 * 1024))
    return out.getvalue()


UNUSABLE = {
    "nothing": (b"", "The file is empty"),
    "blank lines": (b"\n\n  \n", "The file is empty"),
    "a byte order mark alone": (b"\xef\xbb\xbf", "The file is empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "This is a picture"),
    "a PDF": (b"%PDF-1.7 and so on", "This is a PDF"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), "save it as .xlsx"),
    "an archive": (zipped(readme="x"), "packed archive"),
    "an OpenDocument sheet": (zipped(**{"content.xml": "x"}), "OpenDocument"),
    "a cut workbook": (workbook_bytes([("a", "b")])[:900], "damaged"),
    "a workbook without its parts": (zipped(**{"xl/workbook.xml": "<x/>"}), "damaged"),
    "a bomb": (bomb(), "far too large"),
    "noise": (bytes(range(1, 32)) * 300, "not a table of text"),
    "one endless line": (b"a," * 600_000, "a million letters"),
    "too many columns": (b",".join(b"c%d" % n for n in range(300)) + b"\n", "200 columns"),
    "an empty workbook": (workbook_bytes([]), "workbook is empty"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_unusable_file_is_refused_with_what_to_do(owner: Member, name: str) -> None:
    content, sentence = UNUSABLE[name]
    response = upload(owner, content, "orders.csv")
    assert response.status_code == 422
    assert sentence in text_of(response)


@pytest.mark.parametrize("name", ["nothing", "a picture", "a cut workbook"])
def test_the_command_refuses_an_unusable_file_in_one_sentence(
    run_import: Runner, name: str
) -> None:
    content, sentence = UNUSABLE[name]
    report = run_import(content)
    assert report["code"] == 1
    assert sentence in report["error"]
    assert report["error"].count("\n") == 1


ROWS = {
    "not a date": ("2,soon,C1,1,5\n", "date"),
    "no such day": ("2,2020-02-31,C1,1,5\n", "date"),
    "no date": ("2,,C1,1,5\n", "no-date"),
    "a far day": ("2,2199-01-01,C1,1,5\n", "future"),
    "an old day": ("2,1949-12-31,C1,1,5\n", "past"),
    "a wordy amount": ("2,2020-01-31,C1,1,five\n", "amount"),
    "another currency": ("2,2020-01-31,C1,1,5 EUR\n", "amount"),
    "a huge amount": ("2,2020-01-31,C1,1,999999999999999999999\n", "amount"),
    "a wordy quantity": ("2,2020-01-31,C1,many,5\n", "quantity"),
    "no amount": ("2,2020-01-31,C1,1,\n", "no-amount"),
    "too many cells": ("2,2020-01-31,C1,1,5,6\n", "unreadable"),
    "an open quote": ('2,"2020-01-31,C1,1,5\n', "unreadable"),
    "a zero byte": ("2,2020-01-31,C\x001,1,5\n", "unreadable"),
    "a long cell": (f"2,2020-01-31,{'x' * 3000},1,5\n", "long"),
    "another customer": ("1,2020-01-31,C2,1,5\n", "customer"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_is_reported_and_the_others_come_in(run_import: Runner, name: str) -> None:
    row, kind = ROWS[name]
    report = run_import(HEAD + GOOD + row + "3,2020-02-01,C3,1,7\n")
    assert [(found["kind"], found["rows"]) for found in report["refused"]["reasons"]] == [
        (kind, [3])
    ]
    assert (report["rows_read"], report["orders"], report["revenue"]) == (3, 2, "17.00")


def test_an_open_quote_swallows_no_other_row(run_import: Runner) -> None:
    rows = "".join(f"{n},2020-01-31,C{n},1,1\n" for n in range(10, 300))
    report = run_import(HEAD + '9,2020-01-31,"C9,1,1\n' + rows + '301,2020-01-31,"C, 9",1,1\n')
    assert (report["orders"], report["refused"]["count"]) == (291, 1)


def test_a_cell_may_run_over_several_lines(run_import: Runner) -> None:
    report = run_import(HEAD + '9,2020-01-31,"Iris\nCalloway",1,1\n' + GOOD)
    assert (report["orders"], report["refused"]["count"]) == (2, 0)


def test_mixed_encodings_are_refused_row_by_row(run_import: Runner) -> None:
    rows = [f"{n},2020-01-31,Zoë {n},1,1\n".encode() for n in range(5)]
    report = run_import(
        HEAD.encode() + b"".join(rows) + "9,2020-01-31,Chloé,1,1\n".encode("cp1252")
    )
    assert [reason["rows"] for reason in report["refused"]["reasons"]] == [[7]]
    assert report["orders"] == 5


def test_a_file_without_one_good_row_reports_all_of_them(run_import: Runner) -> None:
    report = run_import(HEAD + "1,soon,C1,1,5\n2,later,C1,1,5\n")
    assert (report["rows_read"], report["orders"], report["refused"]["count"]) == (2, 0, 2)


def test_blank_lines_are_counted_and_short_rows_are_filled(run_import: Runner) -> None:
    report = run_import("date,total,customer\n\n2020-01-31,5\n\n,,\n2020-01-31,6,C1\n")
    assert (report["rows_read"], report["blank_rows"], report["orders"]) == (2, 3, 2)


def test_double_headings_are_made_distinct_and_said(app: Payvand, owner: Member) -> None:
    response = upload(owner, "date,total,total\n2020-01-31,5,6\n")
    page = owner.client.get(response.headers["Location"])
    assert "total (2)" in text_of(page)
    assert "stand twice" in text_of(page)


def test_a_file_over_the_limit_is_refused(app: Payvand, owner: Member, tmp_path: Path) -> None:
    before, app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_CONTENT_LENGTH"], 1000
    try:
        assert upload(owner, csv_text([["a", "b"]] * 1000)).status_code == 413
    finally:
        app.config["MAX_CONTENT_LENGTH"] = before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere", "FILE"], "no workspace with the slug nowhere"),
        (["SLUG", "/nowhere.csv"], "There is no file"),
        (["SLUG", "FILE", "--map", "colour=1"], "write field=column"),
        (["SLUG", "FILE", "--map", "date=Nothing"], "the file has no column Nothing"),
        (["SLUG", "FILE", "--map", "date="], "Choose the column with the order date"),
        (["SLUG", "FILE", "--encoding", "klingon"], "no encoding named klingon"),
    ],
)
def test_the_command_fails_with_one_sentence(
    app: Payvand, company: Company, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + GOOD)
    given = [{"SLUG": company.slug, "FILE": str(path)}.get(part, part) for part in arguments]
    result = app.test_cli_runner().invoke(args=["crm", "import-orders", *given])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
