"""Static files: joined, hashed, compressed and served with a year of caching.

Run as ``python -m app.assets`` when an image is built. In development and tests the files are
rebuilt by themselves when a source is newer than the manifest.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from wsgiref.headers import Headers

import brotli
from flask import Flask
from whitenoise import WhiteNoise

SOURCE = Path(__file__).parent / "static"
DESTINATION = SOURCE / "dist"
MANIFEST = "manifest.json"
URL_PREFIX = "/static/"

_STYLES = ("css/app.css", "css/pages/design.css")
_SCRIPT_ENTRY = "app.js"
_CSS_IMPORT = re.compile(r'@import url\("([^"]+)"\);\n?')
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_URL = re.compile(r'url\("\.\./([^"]+)"\)')
_JS_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_JS_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)
_COMPRESSIBLE = {".css", ".js", ".svg", ".json"}
_WATCH_SECONDS = 1.0
_HASHED_NAME = re.compile(r"[.-][0-9a-f]{12}[./]|/vendor/|/js-[0-9a-f]{12}/")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _hashed_path(path: str, content: bytes) -> str:
    stem, suffix = os.path.splitext(path)
    return f"{stem}.{_digest(content)}{suffix}"


def _write(destination: Path, path: str, content: bytes) -> None:
    """Write one file whole or not at all, with its compressed siblings."""
    target = destination / path
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix in _COMPRESSIBLE:
        _replace(target.with_name(target.name + ".br"), brotli.compress(content))
        _replace(target.with_name(target.name + ".gz"), gzip.compress(content, 9, mtime=0))
    _replace(target, content)


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(name, 0o644)
    os.replace(name, target)


def join_styles(source: Path, entry: str) -> str:
    """The CSS of ``entry`` with its imports in place, comments and indentation removed.

    Layer order is kept: the ``@layer`` statement of the entry comes first.
    """
    folder = (source / entry).parent
    text = _CSS_IMPORT.sub(
        lambda match: (folder / match[1]).read_text(encoding="utf-8"),
        (source / entry).read_text(encoding="utf-8"),
    )
    lines = (line.strip() for line in _CSS_COMMENT.sub("", text).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def _module_order(folder: Path, name: str, seen: list[str]) -> list[str]:
    text = (folder / name).read_text(encoding="utf-8")
    for dependency in _JS_IMPORT.findall(text):
        if dependency not in seen:
            _module_order(folder, dependency, seen)
    seen.append(name)
    return seen


def join_scripts(folder: Path, entry: str) -> str:
    """One ES module out of ``entry`` and what it imports statically, in order of need.

    Top-level names are shared, so they must differ; a clash is a syntax error in the browser.
    """
    parts = []
    for name in _module_order(folder, entry, []):
        text = _JS_IMPORT.sub("", (folder / name).read_text(encoding="utf-8"))
        parts.append(_JS_COMMENT.sub("", re.sub(r"^export ", "", text, flags=re.MULTILINE)))
    return "".join(parts)


def _plain_files(source: Path) -> Iterator[tuple[str, bytes]]:
    for folder in ("fonts", "icons"):
        for path in sorted((source / folder).glob("*.*")):
            if path.suffix in {".svg", ".woff2", ".png"}:
                yield f"{folder}/{path.name}", path.read_bytes()


def _build_plain(source: Path, destination: Path) -> dict[str, str]:
    names = {}
    for path, content in _plain_files(source):
        names[path] = _hashed_path(path, content)
        _write(destination, names[path], content)
    for file in sorted((source / "vendor").rglob("*.js")):
        path = file.relative_to(source).as_posix()
        names[path] = path
        _write(destination, path, file.read_bytes())
    return names


def _build_styles(source: Path, destination: Path, names: dict[str, str]) -> dict[str, str]:
    built = {}
    for entry in _STYLES:
        text = join_styles(source, entry)
        text = _CSS_URL.sub(lambda match: f'url("../{names[match[1]]}")', text)
        logical = f"css/{Path(entry).name}"
        content = text.encode()
        built[logical] = _hashed_path(logical, content)
        _write(destination, built[logical], content)
    return built


def _build_scripts(source: Path, destination: Path) -> dict[str, str]:
    """Scripts share one hashed folder, so relative dynamic imports keep working."""
    folder = source / "js"
    joined = set(_module_order(folder, _SCRIPT_ENTRY, []))
    texts = {_SCRIPT_ENTRY: join_scripts(folder, _SCRIPT_ENTRY)}
    for path in sorted(folder.glob("*.js")):
        if path.name not in joined:
            texts[path.name] = join_scripts(folder, path.name)
    digest = _digest("".join(texts.values()).encode())
    for name, text in texts.items():
        _write(destination, f"js-{digest}/{name}", text.encode())
    return {f"js/{name}": f"js-{digest}/{name}" for name in texts}


def build(destination: Path = DESTINATION, source: Path = SOURCE) -> dict[str, str]:
    """Build all static files into ``destination``; returns logical path to hashed path."""
    destination.mkdir(parents=True, exist_ok=True)
    names = _build_plain(source, destination)
    names |= _build_styles(source, destination, names)
    names |= _build_scripts(source, destination)
    _replace(destination / MANIFEST, json.dumps(names, indent=1, sort_keys=True).encode())
    return names


def clean(destination: Path = DESTINATION) -> None:
    """Remove everything that was built."""
    shutil.rmtree(destination, ignore_errors=True)


def is_stale(destination: Path = DESTINATION, source: Path = SOURCE) -> bool:
    """True when there is no manifest or a source file is newer than it."""
    manifest = destination / MANIFEST
    if not manifest.exists():
        return True
    built = manifest.stat().st_mtime_ns
    folders = (source / name for name in ("css", "js", "icons", "fonts", "vendor"))
    return any(path.stat().st_mtime_ns > built for folder in folders for path in folder.rglob("*"))


class StaticFiles(WhiteNoise):
    """WhiteNoise that caches hashed files for a year."""

    FOREVER = 365 * 24 * 60 * 60


class Assets:
    """The manifest of one application, reloaded when sources change in development."""

    def __init__(self, watch: bool) -> None:
        self._watch = watch
        self._names: dict[str, str] = {}
        self._checked = 0.0
        self.refresh()

    def refresh(self) -> None:
        """Build what is missing or, when watching, what is out of date; then read the manifest."""
        manifest = DESTINATION / MANIFEST
        if not manifest.exists() or (self._watch and is_stale()):
            build()
        self._checked = time.monotonic()
        self._names = json.loads(manifest.read_text(encoding="utf-8"))

    def url(self, path: str) -> str:
        """The address of a static file by its logical path, such as ``css/app.css``."""
        if self._watch and time.monotonic() - self._checked > _WATCH_SECONDS:
            self.refresh()
        return URL_PREFIX + self._names[path]


def _is_immutable(_path: str, url: str) -> bool:
    return bool(_HASHED_NAME.search(url))


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def register(app: Flask, watch: bool | None = None) -> Assets:
    """Serve the built files under ``/static/``; the manifest is ``extensions["assets"]``.

    ``watch`` rebuilds when a source changes; when it is not given, all but production watch.
    """
    settings = app.extensions.get("settings")
    if watch is None:
        watch = settings is None or not settings.is_production
    assets = Assets(watch)
    app.extensions["assets"] = assets
    app.wsgi_app = StaticFiles(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(DESTINATION),
        prefix=URL_PREFIX,
        autorefresh=watch,
        max_age=3600,
        allow_all_origins=False,
        add_headers_function=_add_headers,
        immutable_file_test=_is_immutable,
    )
    return assets


if __name__ == "__main__":
    clean()
    build()
