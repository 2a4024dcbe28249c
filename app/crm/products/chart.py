"""The drawing of a product's twelve months."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _
from markupsafe import Markup

from app import charts
from app.crm.products.figures import Month
from app.l10n import format_compact, format_date

LABEL_EVERY = 3


def monthly_chart(months: Sequence[Month]) -> Markup:
    """Bars of the units sold in each month; a month with more returned than sold draws nothing."""
    counts = [float(max(month.units, Decimal(0))) for month in months]
    texts = [format_compact(count) if count else "" for count in counts]
    edges = [
        format_date(month.start, "month") if place % LABEL_EVERY == 0 else ""
        for place, month in enumerate(months)
    ]
    label = _("Units sold in each of the last 12 months")
    return charts.histogram(counts, texts, [*edges, ""], [(0.0, "")], label)
