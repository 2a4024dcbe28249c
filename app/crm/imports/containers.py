"""What kind of file was uploaded, found by its content and never by its name."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from flask_babel import gettext as _

HEAD = 8192
LARGEST_UNPACKED = 2 * 1024**3
LARGEST_RATIO = 250
SMALL_UNPACKED = 64 * 1024**2

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "old-workbook"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"SQLite format 3", "binary"),
    (b"PAR1", "binary"),
)


class UnusableFile(Exception):
    """The file as a whole cannot be read; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def container_of(file: BinaryIO) -> str:
    """ "csv" or "xlsx"; raises UnusableFile for anything else."""
    file.seek(0)
    head = file.read(HEAD)
    if not head.strip(b"\x00\xef\xbb\xbf\xff\xfe\r\n\t "):
        raise UnusableFile(_("The file is empty. Choose a file with a row for each order line."))
    if head.startswith(b"PK\x03\x04"):
        return _zipped(file)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise UnusableFile(_advice(kind))
    if utf16_of(head) is None and _is_binary(head):
        raise UnusableFile(_advice("binary"))
    return "csv"


def utf16_of(head: bytes) -> str | None:
    """The UTF-16 variant of a text by its byte order mark or by where its zero bytes stand."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    quarter = max(len(head) // 8, 1)
    if odd >= quarter and even * 8 < odd:
        return "utf-16-le"
    return "utf-16-be" if even >= quarter and odd * 8 < even else None


def _is_binary(head: bytes) -> bool:
    control = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13, 26))
    return control * 20 > len(head)


def _advice(kind: str) -> str:
    sentences = {
        "image": _("This is a picture. Choose the table itself, saved as CSV or XLSX."),
        "pdf": _("This is a PDF. Save the table behind it as CSV or XLSX and choose that."),
        "old-workbook": _(
            "This is an Excel file of the old kind (.xls), or one with a password. "
            "Open it and save it as .xlsx without a password."
        ),
        "archive": _("This is a packed archive. Unpack it and choose the CSV or XLSX file inside."),
        "ods": _("This is an OpenDocument file. Save it as .xlsx or CSV and choose that."),
        "binary": _("This is not a table of text. Save it as CSV or XLSX and choose that."),
    }
    return sentences[kind]


def _zipped(file: BinaryIO) -> str:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise UnusableFile(
            _("The file is damaged or cut short. Save it again and choose the new one.")
        ) from None
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise UnusableFile(_advice("ods" if "content.xml" in names else "archive"))
    _refuse_bombs(entries)
    return "xlsx"


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    """zipfile never reads past the declared size, so what is declared can be trusted as a limit."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    is_dense = unpacked > SMALL_UNPACKED and unpacked / packed > LARGEST_RATIO
    if unpacked > LARGEST_UNPACKED or is_dense:
        raise UnusableFile(
            _("Unpacked, this workbook would be far too large. Save the sheet as CSV instead.")
        )
