"""What each segment means."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MEANINGS = {
    "champions": _l("Order lately, often and for much"),
    "loyal": _l("Order regularly"),
    "potential_loyalists": _l("Came lately, on the way to regular"),
    "new": _l("Ordered for the first time lately"),
    "promising": _l("Came lately, for little so far"),
    "need_attention": _l("Middling, and slowing down"),
    "about_to_sleep": _l("Little so far, and a while ago"),
    "at_risk": _l("Used to order well, not for long now"),
    "cannot_lose": _l("Brought very much, gone the longest"),
    "hibernating": _l("Little, and long ago"),
    "lost": _l("Least, and longest ago"),
}
