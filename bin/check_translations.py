"""Fail unless every catalogue says, in full, what the code says now."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parents[1]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[a-zA-Z]")
# A message is known by its context and its English text (the singular, where it has a plural).
Key = tuple[str | None, str]


def main(arguments: list[str]) -> int:
    """Print each fault on a line; 1 when there is any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", type=Path, default=ROOT / "app")
    source = parser.parse_args(arguments).app
    catalogues = sorted(source.glob("translations/*/LC_MESSAGES/messages.po"))
    faults = [] if catalogues else [f"{source / 'translations'} holds no catalogue."]
    wanted = extracted(source)
    for path in catalogues:
        name = path.relative_to(source).as_posix()
        faults += [f"{name}: {fault}" for fault in catalogue_faults(path, wanted)]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.stdout.write(
        f"{len(wanted)} messages, {len(catalogues)} catalogues, {len(faults)} faults\n"
    )
    return 1 if faults else 0


def extracted(source: Path) -> dict[Key, str]:
    """Each message in the code and the templates, with the place where it stands first."""
    with (ROOT / "babel.cfg").open() as configuration:
        methods, options = parse_mapping_cfg(configuration)
    found: dict[Key, str] = {}
    for name, line, text, _comments, context in extract_from_dir(
        source, methods, options, KEYWORDS
    ):
        singular = text if isinstance(text, str) else text[0]
        found.setdefault((context, singular), f"{name}:{line}")
    return found


def catalogue_faults(path: Path, wanted: dict[Key, str]) -> Iterator[str]:
    """What is missing, left over, unfinished or wrong in one catalogue."""
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except PoFileError as error:
        yield str(error)
        return
    known = {key_of(message): message for message in catalogue if message.id}
    for key in wanted.keys() - known.keys():
        yield f"{key[1]!r} ({wanted[key]}) is not in the catalogue"
    for key in known.keys() - wanted.keys():
        yield f"{key[1]!r} is in the catalogue, but nowhere in the code"
    for key, message in known.items():
        yield from (f"{key[1]!r} {fault}" for fault in message_faults(message))


def message_faults(message: Message) -> Iterator[str]:
    """What is unfinished or wrong in one translation."""
    if message.fuzzy:
        yield "is marked fuzzy"
    if not message.pluralizable:
        forms, sources = [message.string], [message.id]
    else:
        forms, sources = list(message.string), list(message.id)
    allowed = [placeholders(source) for source in sources]
    for form in forms:
        if not form:
            yield "is not translated"
        elif placeholders(form) not in allowed:
            yield f"has other placeholders in its translation {form!r}"


def key_of(message: Message) -> Key:
    """The message's key, as `extracted` makes it."""
    return (message.context, message.id[0] if message.pluralizable else message.id)


def placeholders(text: str) -> list[str]:
    """The names (or types) of all placeholders in `text`, sorted."""
    return sorted(match[1] or match[0] for match in PLACEHOLDER.finditer(text.replace("%%", "")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
