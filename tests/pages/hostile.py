"""Requests nobody should send: hostile values in every place that takes one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from uuid import uuid4

SOURCES = Path(__file__).parents[2] / "app"
SCRIPT = "<script>alert(1)</script>"
VALUES = (
    "", " ", "\t\n", "\x00", "a\x00b", "\x1b[31m", "\r\nSet-Cookie: a=b",
    "0", "-0", "-1", "1e309", "NaN", "Infinity", "-Infinity", "0.0000001", ".5", "5.", "1,2,3.4.5",
    "2147483648", "-2147483649", "9223372036854775808", "-9223372036854775809", "9" * 400,
    "٫", "٬", "۱۲۳٫۴", "−5", "%", "%%", "%s%n", "%00", "_", "\\", "\\%", "{}", "{{7*7}}", "${7*7}",
    "' OR 1=1 --", '"; DROP TABLE contacts; --', "$1", ":name", SCRIPT, '"><img src=x onerror=x>',
    "\u202eevil\u200f\u200e", "ی\u200cک ي ك ة", "👩\u200d👩\u200d👧", "e\u0301" * 50, "\ufeff",
    "\ufffe\uffff", "\u0000\u202e%", "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31",
    "10000-01-01", "1404/12/30", "۱۴۰۴/۱۳/۰۱", "31/31/31", "yesterday", "2026-01-01T00:00:00Z",
    "00000000-0000-0000-0000-000000000000", "not-a-uuid", "{0}", "../../etc/passwd", "/etc/passwd",
    "//evil.example/", "https://evil.example/", "javascript:alert(1)", "\\\\evil.example",
    "a@b", "a@" + "b" * 300 + ".example", '"a b"@example.com', "new\n@example.com", "+98912",
    "+1 (415) 555-0100 ext 9", "null", "undefined", "true", "[]", '{"a": 1}', "=1+1", "@SUM(A1)",
    "A" * 300, "A" * 20_000, "🦊" * 3_000, "fa", "en", "dark", "name", "-name", "id",
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    {"HX-Request": "true", "HX-Request-Type": "partial"},
    {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#x\"'", "HX-Source": "#"},
    {"HX-Request": "true", "HX-Request-Type": "full"},
    {"Accept-Language": "fa;q=x,*,;;", "Accept": "application/json"},
    {"Cookie": "language=%00; theme=<b>; form=x.y.z"},
    {"Referer": "https://evil.example/\x7f", "User-Agent": "A" * 5_000},
    {"Range": "bytes=9-1", "If-None-Match": '"', "If-Modified-Since": "never"},
    {"X-Forwarded-For": "' OR 1", "X-Forwarded-Host": "evil.example"},
    {"Origin": "null"},
)
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"a": '),
    ("application/json", b"[" * 5_000),
    ("application/json", b'{"id": 5, "name": 5, "email": ["x"], "text": null, "kind": {}}'),
    ("application/json", b"[1, 2]"),
    ("application/json", b'"text"'),
    ("text/plain", b"\xff\xfe\x00"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a'),
    ("application/x-www-form-urlencoded", b"&&==&=&%ZZ=%&\xff=\xff"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"name=+ADw-script+AD4-"),
    ("application/x-www-form-urlencoded", b"&".join(b"k%d=v" % n for n in range(3_000))),
)
FILES: tuple[tuple[str, bytes], ...] = (
    ("a.csv", b""),
    ("a.csv", b"\x00" * 3_000),
    ("../../a.csv", b"a,b\n1"),
    ("a\x00.csv", b'"never closed\n'),
    ("ا.xlsx", b"PK\x03\x04 no zip at all"),
    ("a.xlsx", b"a,b,c\n1,2,3\n"),
    ("a.csv", b"customer,date,total\n" + b"x,2026-01-01,1\n" * 50),
    ("a.csv", b"customer,date,total,date,\n" + b"\xff\xfe,2026-99-01,1e400,,\n" * 5),
    ("A" * 400 + ".csv", "customer;date;total\nعلی;۱۴۰۴/۰۱/۰۱;۱۲\n".encode("utf-16")),
)
NAMES = re.compile(r"""(?:args|form|typed|given|files)(?:\.get|\.getlist)?[\[(]["'](\w+)["']""")


def known_names() -> list[str]:
    """Each name that the code asks a query or a form for."""
    found = {
        name for path in SOURCES.rglob("*.py") for name in NAMES.findall(path.read_text("utf-8"))
    }
    return sorted(found)


@dataclass
class SeenForm:
    """A form as a page shows it: where it goes and what it would send."""

    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """The forms of a page, and where its links go."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[SeenForm] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or self.address
            self.forms.append(SeenForm(given.get("method", "get").upper(), action))
        elif tag in ("input", "select", "textarea", "button") and given.get("name") and self.forms:
            self.forms[-1].fields.append((given["name"], given.get("value", "")))
        for name in ("href", "hx-get"):
            if given.get(name, "").startswith("/") and "?" in given[name]:
                self.links.append(given[name])


@dataclass(frozen=True)
class Attempt:
    """One request for Flask's test client."""

    method: str
    path: str
    options: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path[:300]} {str(self.options)[:600]}"


class Hostile:
    """Endless requests from a seed; `pages` are addresses with what they answered."""

    def __init__(self, seed: int, pages: list[tuple[str, str]], rules: list[tuple[str, str]]):
        self.random = Random(seed)
        self.rules = rules
        self.names = known_names()
        readers = [_read(address, text) for address, text in pages]
        self.forms = [form for reader in readers for form in reader.forms]
        self.links = sorted({link for reader in readers for link in reader.links})

    def attempts(self) -> Iterator[Attempt]:
        kinds = (self._to_rule, self._to_rule, self._to_form, self._to_form, self._to_link)
        while True:
            yield self.random.choice(kinds)()

    def _value(self) -> str:
        return self.random.choice(VALUES)

    def _spoilt(self, text: str) -> str:
        """The text with something wrong, or another one."""
        cut = self.random.randint(0, len(text))
        spoilt = (self._value(), text + self._value(), text[:cut], text[:cut] + "\x00" + text[cut:])
        return self.random.choice(spoilt)

    def _query(self) -> str:
        pairs = [(self.random.choice(self.names), self._value()) for _ in range(self._few())]
        if pairs and self.random.random() < 0.2:
            pairs.append((pairs[0][0], self._value()))
        query = urlencode(pairs)
        return query + ("&%ED%A0%80=%FF%FE&=" if self.random.random() < 0.1 else "")

    def _few(self) -> int:
        return self.random.choice((0, 1, 1, 2, 4))

    def _to_rule(self) -> Attempt:
        """A route with good or spoilt places and any query; a write carries any body."""
        method, path = self.random.choice(self.rules)
        parts = path.split("/")
        if self.random.random() < 0.3:
            place = self.random.randrange(1, len(parts))
            spoilt = self.random.choice((str(uuid4()), self._value()[:2_000]))
            parts[place] = quote(spoilt, safe="")
        address = "/".join(parts) + "?" + self._query()
        return Attempt(method, address, self._body(method))

    def _body(self, method: str) -> dict[str, Any]:
        options: dict[str, Any] = {"headers": self.random.choice(HEADERS)}
        if method == "GET":
            return options
        choice = self.random.random()
        if choice < 0.25:
            kind, data = self.random.choice(BODIES)
            return {**options, "data": data, "content_type": kind}
        form: dict[str, Any] = {}
        for name in self.random.choices(self.names, k=2 + self._few()):
            form[name] = [*form.get(name, []), self._value()]
        if choice < 0.4:
            name, data = self.random.choice(FILES)
            place = self.random.choice(("file", "file", self.random.choice(self.names)))
            form[place] = (io.BytesIO(data), name)
        return {**options, "data": form}

    def _to_form(self) -> Attempt:
        """A form of a page as it would be sent, with some fields spoilt, doubled or gone."""
        form = self.random.choice(self.forms)
        fields: dict[str, list[str]] = {}
        for name, value in form.fields:
            fields.setdefault(name, []).append(value)
        for name in self.random.sample(sorted(fields), min(len(fields), 1 + self._few())):
            act = self.random.random()
            if act < 0.1:
                del fields[name]
            elif act < 0.2:
                fields[name].append(self._value())
            else:
                fields[name] = [self._spoilt(fields[name][0])]
        headers = {"headers": self.random.choice(HEADERS)}
        if form.method == "POST" and self.random.random() < 0.05:
            name, data = self.random.choice(FILES)
            sent = {**fields, self.random.choice([*fields, "file"]): (io.BytesIO(data), name)}
            return Attempt("POST", form.action, {**headers, "data": sent})
        if form.method == "GET":
            return Attempt("GET", f"{form.action}?{urlencode(fields, doseq=True)}", headers)
        return Attempt("POST", form.action, {**headers, "data": fields})

    def _to_link(self) -> Attempt:
        """A link of a page, such as one with a place in a list, with its query spoilt."""
        parts = urlsplit(self.random.choice(self.links))
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        place = self.random.randrange(len(pairs)) if pairs else 0
        changed = [(n, self._spoilt(v) if p == place else v) for p, (n, v) in enumerate(pairs)]
        options = {"headers": self.random.choice(HEADERS)}
        return Attempt("GET", f"{parts.path}?{urlencode(changed)}", options)


def _read(address: str, text: str) -> Reader:
    reader = Reader(address)
    reader.feed(text)
    return reader
