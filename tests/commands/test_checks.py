"""Checks that can fail: each seeded fault is found and named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = """
from flask_babel import gettext as _, lazy_gettext, ngettext

def greet(name, n):
    return _("Hello, %(name)s", name=name), ngettext("%(num)s deal", "%(num)s deals", n)

TITLE = lazy_gettext("Deals")
"""
TEMPLATE = "{% trans %}Sign in{% endtrans %}"
CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: fa\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Hello, %(name)s"
msgstr "سلام %(name)s"

msgid "%(num)s deal"
msgid_plural "%(num)s deals"
msgstr[0] "%(num)s معامله"
msgstr[1] "%(num)s معامله"

msgid "Deals"
msgstr "معامله‌ها"

msgid "Sign in"
msgstr "ورود"
"""


def translations(folder: Path, catalogue: str | None) -> subprocess.CompletedProcess[str]:
    (folder / "templates/pages").mkdir(parents=True)
    (folder / "views.py").write_text(SOURCE)
    (folder / "templates/pages/sign_in.html").write_text(TEMPLATE)
    if catalogue is not None:
        place = folder / "translations/fa/LC_MESSAGES/messages.po"
        place.parent.mkdir(parents=True)
        place.write_text(catalogue)
    return subprocess.run(
        [sys.executable, ROOT / "bin/check_translations.py", "--app", folder],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_complete_catalogue_passes(tmp_path: Path) -> None:
    done = translations(tmp_path, CATALOGUE)
    assert done.stdout == "4 messages, 1 catalogues, 0 faults\n"
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgstr "ورود"', 'msgstr ""', "'Sign in' is not translated"),
        (
            'msgid "Sign in"',
            'msgid "Sign out"',
            "'Sign in' (templates/pages/sign_in.html:1) is not in",
        ),
        ('msgid "Sign in"', 'msgid "Sign out"', "'Sign out' is in the catalogue, but nowhere"),
        ('msgstr[1] "%(num)s معامله"', 'msgstr[1] ""', "'%(num)s deal' is not translated"),
        (
            'msgid "Deals"',
            'msgstr[2] "معامله"\n\nmsgid "Deals"',
            "more translations than num_plurals",
        ),
        ('msgid "Deals"', '#, fuzzy\nmsgid "Deals"', "'Deals' is marked fuzzy"),
        ("سلام %(name)s", "سلام %(نام)s", "'Hello, %(name)s' has other placeholders"),
        ("سلام %(name)s", "سلام", "'Hello, %(name)s' has other placeholders"),
    ],
)
def test_a_seeded_fault_in_a_catalogue_is_named(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    assert old in CATALOGUE
    done = translations(tmp_path, CATALOGUE.replace(old, new))
    assert fault in done.stdout
    assert done.returncode == 1


def test_no_catalogue_at_all_is_a_fault(tmp_path: Path) -> None:
    done = translations(tmp_path, None)
    assert "holds no catalogue" in done.stdout
    assert done.returncode == 1


FIRST = """
BEGIN;

CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);

-- Running upgrade  -> 0001

CREATE TABLE deals (id uuid PRIMARY KEY);
CREATE INDEX deals_by_id ON deals (id);
COMMIT;

"""
SECOND = """
BEGIN;

-- Running upgrade 0001 -> 0002

CREATE INDEX deals_again ON deals (id);
COMMIT;
"""


@pytest.mark.parametrize(("sql", "is_good"), [(FIRST, True), (FIRST + SECOND, False), ("", False)])
def test_a_migration_that_would_lock_a_full_table_is_found(sql: str, is_good: bool) -> None:
    script = "import check_migrations as c, sys; sys.exit(c.lint(c.split(sys.stdin.read())))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT / "bin",
    )
    assert (done.returncode == 0) == is_good, done.stdout
    assert ("require-concurrent-index-creation" in done.stdout) == (sql == FIRST + SECOND)
