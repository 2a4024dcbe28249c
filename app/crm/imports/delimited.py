"""Rows of a text table: CSV with any common delimiter, in any common encoding.

A quote that is opened and never closed costs its own row and no other: a cell may run over a
hundred lines at most, and a record gathered from several lines must have as many cells as the
heading has.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

import charset_normalizer
from flask_babel import gettext as _

from app.crm.imports.containers import HEAD, UnusableFile, utf16_of

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1256", "cp1252", "cp1251", "cp1253",
)  # fmt: skip
LONGEST_LINE = 1_000_000
LONGEST_RECORD = 100
SAMPLE = 65_536

_ARABIC = re.compile(r"[\u0621-\u063a\u0641-\u064a\u067e\u0686\u0698\u06a9\u06af\u06be\u06cc]+")


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its line number in the file from 1, its cells, and what keeps it from being read."""

    number: int
    cells: list[str]
    problem: str = ""


def guess_encoding(file: BinaryIO) -> str:
    """The file's encoding: by its mark, else UTF-8 if most rows are, else by its letters."""
    file.seek(0)
    head = file.read(HEAD)
    if utf16 := utf16_of(head):
        return utf16
    file.seek(0)
    right = wrong = 0
    sample = bytearray()
    for line in file:
        if line.isascii():
            continue
        if _is_utf8(line):
            right += 1
        else:
            wrong += 1
        if len(sample) < SAMPLE:
            sample += line
    return "utf-8" if right >= wrong else _legacy_encoding(bytes(sample))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _legacy_encoding(sample: bytes) -> str:
    """windows-1256 if its letters make whole Arabic-script words, else what they suggest."""
    text = sample.decode("cp1256")
    whole = mixed = 0
    for word in re.findall(r"[^\W\d_]+", text):
        arabic = sum(map(len, _ARABIC.findall(word)))
        if arabic == len(word) and arabic > 1:
            whole += arabic
        else:
            mixed += arabic
    if whole > mixed:
        return "cp1256"
    best = charset_normalizer.from_bytes(sample, cp_isolation=["cp1251", "cp1252", "cp1253"]).best()
    letters = sum(byte > 191 for byte in sample)
    return best.encoding if best is not None and letters > 40 else "cp1252"


def known_encoding(name: str) -> str:
    """The codec of a name that a person gave; raises UnusableFile for one that is not a text's."""
    aliases = {"windows-1256": "cp1256", "windows-1252": "cp1252", "utf-8-sig": "utf-8"}
    wanted = name.strip().lower()
    try:
        codec = codecs.lookup(aliases.get(wanted, wanted))
        "a".encode(codec.name)
    except (LookupError, UnicodeError):
        raise UnusableFile(
            _("There is no encoding named %(name)s. Try utf-8 or windows-1256.", name=name)
        ) from None
    return codec.name


def lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """The file's lines; bytes that are not of the encoding stay visible as lone surrogates."""
    file.seek(0)
    is_wide = encoding.startswith("utf-16")
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    errors = "replace" if is_wide else "surrogateescape"
    reader = io.TextIOWrapper(file, encoding=codec, errors=errors, newline=None)
    try:
        for line in iter(lambda: reader.readline(LONGEST_LINE), ""):
            if len(line) == LONGEST_LINE:
                raise UnusableFile(
                    _("One line of the file is a million letters long, so it is no table of rows.")
                )
            yield line
    finally:
        reader.detach()


def decoding_problem(text: str) -> str:
    """The sentence for a row with zero bytes, or with bytes that are not of the encoding."""
    if "\x00" in text:
        return _("The row holds zero bytes, which no text has. Type it anew in the file.")
    return _("The row is in another encoding than the rest of the file. Save all of it as UTF-8.")


@lru_cache(maxsize=8)
def _whole_line(delimiter: str) -> Callable[[str], re.Match[str] | None]:
    """Matches a line in which every quote that opens a cell also closes it."""
    mark = re.escape(delimiter)
    blank = "" if delimiter.isspace() else " *"
    cell = rf'(?:{blank}"(?:[^"]|"")*+" *(?={mark}|$)|(?!{blank}")[^{mark}]*+)'
    return re.compile(rf"{cell}(?:{mark}{cell})*+\n?", re.DOTALL).fullmatch


def _split(text: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return text.split()
    if '"' not in text:
        return text.rstrip("\n").split(delimiter)
    return next(csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True), [])


def records(file: BinaryIO, encoding: str, delimiter: str, width: int = 0) -> Iterator[Record]:
    """The rows of the file, blank lines included as rows without cells.

    `width` is the number of cells that a record over several lines must have; 0 allows any.
    """
    source = enumerate(lines(file, encoding), 1)
    ahead: deque[tuple[int, str]] = deque()
    is_whole = _whole_line(delimiter)
    while True:
        number, line = ahead.popleft() if ahead else next(source, (0, ""))
        if not number:
            return
        if '"' not in line or delimiter == " " or is_whole(line):
            yield _record(number, line, delimiter)
            continue
        joined = _gather(line, source, ahead, is_whole, delimiter, width)
        if joined:
            yield _record(number, joined, delimiter)
        else:
            yield Record(
                number, [line.rstrip("\n")], _("A quote in this row is opened and not closed.")
            )


def _record(number: int, text: str, delimiter: str) -> Record:
    if not text.strip():
        return Record(number, [])
    cells = _split(text, delimiter)
    if text.isascii() and "\x00" not in text:
        return Record(number, cells)
    if "\x00" in text or "\ufffd" in text or not _is_sound(text):
        return Record(number, cells, decoding_problem(text))
    return Record(number, cells)


def _is_sound(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _gather(
    first: str,
    source: Iterator[tuple[int, str]],
    ahead: deque[tuple[int, str]],
    is_whole: Callable[[str], re.Match[str] | None],
    delimiter: str,
    width: int,
) -> str:
    """The record that begins with this line and closes its quote within reach, else ""."""
    gathered = first
    for place in range(LONGEST_RECORD):
        if place == len(ahead):
            following = next(source, None)
            if following is None:
                return ""
            ahead.append(following)
        gathered += ahead[place][1]
        if len(gathered) > LONGEST_LINE:
            return ""
        if '"' in ahead[place][1] and is_whole(gathered):
            if width and len(_split(gathered, delimiter)) != width:
                return ""
            for _taken in range(place + 1):
                ahead.popleft()
            return gathered
    return ""


def guess_delimiter(file: BinaryIO, encoding: str) -> str:
    """The delimiter that splits the first rows most evenly into more than one cell."""
    sample = [
        line for _n, line in zip(range(60), lines(file, encoding), strict=False) if line.strip()
    ]
    named = re.fullmatch(r"sep=(.)\n?", sample[0]) if sample else None
    if named:
        return named[1]
    best, found = 0.0, ","
    for delimiter in (*DELIMITERS, " "):
        width, share = _evenness(sample, delimiter)
        score = share * (1 + min(width, 50) / 50)
        if width > 1 and score > best and (delimiter != " " or best == 0):
            best, found = score, delimiter
    return found


def _evenness(sample: list[str], delimiter: str) -> tuple[int, float]:
    """(most common number of cells above one, share of rows that have it)."""
    is_whole = _whole_line(delimiter)
    widths = Counter(
        len(_split(line, delimiter)) for line in sample if '"' not in line or is_whole(line)
    )
    widths.pop(1, None)
    widths.pop(0, None)
    if not widths:
        return 0, 0.0
    width, count = widths.most_common(1)[0]
    return width, count / max(len(sample), 1)
