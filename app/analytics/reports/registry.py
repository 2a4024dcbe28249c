"""Every report there is."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.analytics.reports.base import Report
from app.analytics.reports.clv.parameters import ClvParameters
from app.analytics.reports.retention.parameters import RetentionParameters
from app.analytics.reports.segments.parameters import SegmentsParameters

REPORTS: dict[str, Report] = {
    "retention": Report(
        "retention",
        _l("Retention"),
        "refresh-cw",
        _l("Who comes back, and for how long?"),
        RetentionParameters,
    ),
    "segments": Report(
        "segments",
        _l("Segments"),
        "layers",
        _l("Who are your best customers, and who is slipping away?"),
        SegmentsParameters,
    ),
    "clv": Report(
        "clv",
        _l("Customer value"),
        "banknote",
        _l("What should your customers bring from here on?"),
        ClvParameters,
    ),
}
