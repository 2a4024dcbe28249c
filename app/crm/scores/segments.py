"""The names of the segments that a contact may be in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

SEGMENT_NAMES = {
    "champions": _l("Champions"),
    "loyal": _l("Loyal"),
    "potential_loyalists": _l("Potential loyalists"),
    "new": _l("New"),
    "promising": _l("Promising"),
    "need_attention": _l("Need attention"),
    "about_to_sleep": _l("About to sleep"),
    "at_risk": _l("At risk"),
    "cannot_lose": _l("Cannot lose"),
    "hibernating": _l("Hibernating"),
    "lost": _l("Lost"),
}


def segment_name(key: str | None) -> str:
    """The segment as people read it; an unknown key stays as it is."""
    return str(SEGMENT_NAMES.get(key, key)) if key else ""
