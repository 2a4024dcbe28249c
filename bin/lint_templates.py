"""Hold what the templates and styles promise: a strict content policy, both scripts, all words
translatable, only icons that exist. Prints each finding as ``file:line: what``; exits 1 on any."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "app" / "templates"
STYLES = ROOT / "app" / "static" / "css"
SPRITE = ROOT / "app" / "static" / "icons" / "icons.svg"

JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
ICON = re.compile(r"""ui\.icon\(\s*["']([\w-]+)["']""")
SYMBOL = re.compile(r'<symbol id="([\w-]+)"')
CLASS_BLOCK = re.compile(r"{%-?\s*block \w*class\s*-?%}[^{]*{%-?\s*endblock\s*-?%}")
# A component's first words written out, such as ui.button("Save"); icons and ids are lower case.
WORDS = re.compile(r"""\bui\.\w+\(\s*(?:"[^"]*?[A-Z][^"]*"|'[^']*?[A-Z][^']*')""")
LETTER = re.compile(r"[^\W\d_]")
BARE = {"kbd", "code", "script", "style", "title"}
SPOKEN = {"aria-label", "placeholder", "alt", "title"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "use"}

RULES = (
    (re.compile(r"\|\s*safe\b"), "the filter safe: escape, or make the markup in a component"),
    (re.compile(r"\{%-?\s*autoescape\s+false"), "autoescape switched off"),
    (re.compile(r"""["'`]\s*js:|\bjavascript:""", re.IGNORECASE), "script in an attribute (js:)"),
    (re.compile(r"\bhx-on\b|\bhx_on\b|\bdata-hx-on\b"), "hx-on, which the content policy blocks"),
    (re.compile(r"""\bhx[-_]trigger["']?\s*[:=]\s*["'][^"']*\["""), "a filter [...] in hx-trigger"),
    (re.compile(r"""\btype\s*=\s*["']?number\b"""), "type=number: use text with inputmode"),
)
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)*"
    r"|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:"
    r"|(?<![\w-])(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Finding:
    """What is wrong and where."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


class Markup(HTMLParser):
    """Findings that need the structure of the page: attributes and bare words."""

    def __init__(self, translated: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.translated = translated
        self.open: list[str] = []
        self.found: list[tuple[int, str]] = []

    def add(self, what: str) -> None:
        self.found.append((self.getpos()[0], what))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.add(f"an inline <{tag}>")
        for name, value in attrs:
            self.attribute(name, value or "")
        if tag not in VOID:
            self.open.append(tag)

    def attribute(self, name: str, value: str) -> None:
        if name == "style":
            self.add("an inline style")
        elif re.fullmatch(r"on[a-z]+", name):
            self.add(f"the event attribute {name}")
        elif self.translated and name in SPOKEN and LETTER.search(value):
            self.add(f"untranslated words in {name}: {value!r}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        words = data.strip()
        if self.translated and inside not in BARE and LETTER.search(words):
            self.add(f"words outside gettext: {words[:40]!r}")


def blank(match: re.Match[str]) -> str:
    """Jinja's own text as nothing, with its line breaks kept for the line numbers."""
    return "\n" * match[0].count("\n")


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def lint_template(text: str, icons: set[str], translated: bool = True) -> Iterator[tuple[int, str]]:
    """Line and finding of one template; ``translated`` asks for every word to be in gettext."""
    code = re.sub(r"{#.*?#}", blank, text, flags=re.DOTALL)
    for pattern, what in RULES:
        for match in pattern.finditer(code):
            yield line_of(code, match.start()), what
    for match in ICON.finditer(code):
        if match[1] not in icons:
            yield line_of(code, match.start()), f"no icon named {match[1]}"
    for match in WORDS.finditer(code) if translated else ():
        yield line_of(code, match.start()), f"words outside gettext: {match[0][:40]}"
    page = Markup(translated)
    page.feed(JINJA.sub(blank, CLASS_BLOCK.sub(blank, text)))
    page.close()
    yield from page.found


def lint_styles(text: str) -> Iterator[tuple[int, str]]:
    """Line and finding of one style sheet: physical sides, which do not turn with the script."""
    plain = COMMENT.sub(blank, text)
    for match in PHYSICAL.finditer(plain):
        yield line_of(plain, match.start()), f"a physical side: {match[0].rstrip(' :')}"


def lint(templates: Path, styles: Path, icons: set[str]) -> Iterator[Finding]:
    """All findings under the two folders."""
    for path in sorted(templates.rglob("*.*")):
        translated = path.parent.name != "design"
        found = findings(path, lint_template(path.read_text("utf-8"), icons, translated))
        # Mail readers know no style sheets and no content policy.
        yield from (one for one in found if not ("mail" in path.parts and "style" in one.what))
    for path in sorted(styles.rglob("*.css")):
        yield from findings(path, lint_styles(path.read_text("utf-8")))


def findings(path: Path, found: Iterable[tuple[int, str]]) -> Iterator[Finding]:
    return (Finding(path, line, what) for line, what in found)


def known_icons() -> set[str]:
    return set(SYMBOL.findall(SPRITE.read_text("utf-8")))


def main() -> int:
    """0 when there is nothing to say."""
    found = list(lint(TEMPLATES, STYLES, known_icons()))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
