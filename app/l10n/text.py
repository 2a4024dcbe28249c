"""Text folded for search and duplicates, keys for alphabetical order, digits and initials."""

import unicodedata

from app.l10n.formats import current

_LATIN = "0123456789"
_PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
_TO_PERSIAN = str.maketrans(_LATIN, _PERSIAN)
_TO_ASCII = str.maketrans(_PERSIAN + "٠١٢٣٤٥٦٧٨٩" + "０１２３４５６７８９", _LATIN * 3)

_HARAKAT = [*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06DD)]
_INVISIBLE = [0x00AD, 0x061C, 0x0640, 0x200B, 0x200D, 0x200E, 0x200F, 0xFEFF]
_EMBEDDINGS = [*range(0x202A, 0x202F), *range(0x2060, 0x206A)]
_FOLD: dict[int, int | str | None] = {
    **_TO_ASCII,
    **str.maketrans("يىېكةۀۂەؤأإآٱ", "یییکههههواااا"),
    **dict.fromkeys([*_HARAKAT, *_INVISIBLE, *_EMBEDDINGS]),
    0x200C: " ",
}

_ALPHABET = "ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_LATIN_LETTERS = {
    "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ي": "ی",
}  # fmt: skip
_SPELLED = {ord(letter): spelling for letter, spelling in _LATIN_LETTERS.items()}
_ORDER = {ord(letter): 0x0620 + place for place, letter in enumerate(_ALPHABET)}


def to_digits(text: str) -> str:
    """ASCII digits in the reader's digits; everything else untouched."""
    return text.translate(_TO_PERSIAN) if current().digits == "persian" else text


def to_ascii_digits(text: str) -> str:
    """Persian, Arabic-Indic and full-width digits as ASCII."""
    return text if text.isascii() else text.translate(_TO_ASCII)


def fold(text: str) -> str:
    """One spelling for what readers take as the same text; folding twice changes nothing."""
    if text.isascii():
        return " ".join(text.lower().split())
    spelled = unicodedata.normalize("NFKC", text.translate(_FOLD)).casefold()
    return " ".join(unicodedata.normalize("NFKC", spelled).translate(_FOLD).split())


def sort_key(text: str) -> str:
    """A string whose order under COLLATE "C" is alphabetical: digits, Latin, then Persian.

    Case, accents, punctuation and spelling variants do not count, so names may share a key: order
    by the key and then by id. Text without any letter or digit keeps its folded form.
    """
    folded = fold(text)
    if not folded.isascii():
        parts = unicodedata.normalize("NFKD", folded)
        bare = "".join(c for c in parts if not unicodedata.combining(c))
        folded = bare.translate(_SPELLED)
    words = "".join(c if c.isalnum() else " " for c in folded).split()
    return (" ".join(words) or folded).translate(_ORDER)


def initials(name: str) -> str:
    """For an avatar: two letters in scripts with capitals, one in Persian, "?" for no letter."""
    words = "".join(c if c.isalnum() else " " for c in name).split()
    if not words:
        return "?"
    first, last = words[0][0], words[-1][0]
    if len(words) == 1 or unicodedata.bidirectional(first) in ("R", "AL"):
        return first.upper()
    return (first + last).upper()
