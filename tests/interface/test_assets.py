"""Static files: whole, small, hashed, compressed, cached for a year."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import assets

KILOBYTE = 1024


@pytest.fixture
def built(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    return tmp_path, assets.build(tmp_path)


def zipped(folder: Path, names: dict[str, str], *paths: str) -> int:
    return sum((folder / f"{names[path]}.gz").stat().st_size for path in paths)


def scripts(names: dict[str, str]) -> list[str]:
    return [path for path in names if path.startswith("js/")]


def test_all_styles_fit_in_20_kilobytes(built: tuple[Path, dict[str, str]]) -> None:
    assert zipped(*built, "css/app.css") <= 20 * KILOBYTE


def test_our_scripts_fit_in_15_kilobytes_and_all_in_45(
    built: tuple[Path, dict[str, str]],
) -> None:
    ours = zipped(*built, *scripts(built[1]))
    assert ours <= 15 * KILOBYTE
    assert ours + zipped(*built, "vendor/htmx-4.0.1/htmx.min.js") <= 45 * KILOBYTE


def test_a_first_persian_visit_stays_below_its_share_of_120_kilobytes(
    built: tuple[Path, dict[str, str]],
) -> None:
    folder, names = built
    fonts = sum(
        (folder / names[path]).stat().st_size for path in names if path.startswith("fonts/")
    )
    files = ["css/app.css", "icons/icons.svg", "vendor/htmx-4.0.1/htmx.min.js", *scripts(names)]
    assert fonts + zipped(folder, names, *files) <= 100 * KILOBYTE


def test_compressed_files_hold_the_same_as_the_plain_one(
    built: tuple[Path, dict[str, str]],
) -> None:
    folder, names = built
    for name in names.values():
        plain = folder / name
        if plain.suffix == ".woff2":
            continue
        content = plain.read_bytes()
        assert gzip.decompress((folder / f"{name}.gz").read_bytes()) == content
        assert brotli.decompress((folder / f"{name}.br").read_bytes()) == content


def test_layers_come_first_and_no_import_is_left(built: tuple[Path, dict[str, str]]) -> None:
    folder, names = built
    text = (folder / names["css/app.css"]).read_text()
    assert text.startswith("@layer reset, tokens, base, layout, components, pages, utilities")
    assert "@import" not in text
    assert text.count("{") == text.count("}")


def test_every_file_a_style_names_exists(built: tuple[Path, dict[str, str]]) -> None:
    folder, names = built
    text = (folder / names["css/app.css"]).read_text()
    for address in assets.re.findall(r'url\("([^"]+)"\)', text):
        assert (folder / "css" / address).resolve().exists()


def test_a_changed_source_gets_a_new_name_and_is_noticed(tmp_path: Path) -> None:
    source, destination = tmp_path / "static", tmp_path / "dist"
    shutil.copytree(assets.SOURCE, source, ignore=shutil.ignore_patterns("dist"))
    before = assets.build(destination, source)
    assert not assets.is_stale(destination, source)
    tokens = source / "css" / "tokens.css"
    tokens.write_text(tokens.read_text() + "\n.new { color: red; }\n")
    later = time.time() + 5
    os.utime(tokens, (later, later))
    assert assets.is_stale(destination, source)
    after = assets.build(destination, source)
    assert after["css/app.css"] != before["css/app.css"]
    assert after["js/app.js"] == before["js/app.js"]


def test_hashed_files_are_kept_for_a_year_and_sent_compressed(
    kit: Flask, kit_client: FlaskClient
) -> None:
    url = kit.extensions["assets"].url("css/app.css")
    answer = kit_client.get(url, headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/manifest", "/static/css/"])
def test_nothing_else_is_served(kit_client: FlaskClient, path: str) -> None:
    assert kit_client.get(path).status_code == 404


def test_licences_lie_beside_what_they_cover() -> None:
    static = assets.SOURCE
    for path in ("fonts/OFL.txt", "icons/LICENSE-lucide.txt", "vendor/htmx-4.0.1/LICENSE"):
        assert (static / path).stat().st_size > 300
