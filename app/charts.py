"""Charts as SVG text. Pure drawing: numbers in, markup out; every text comes formatted.

Time and value run left to right in every language. Colours come from classes of ``chart.css``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

Tick = tuple[float, str]
Point = tuple[float, float]


@dataclass(frozen=True)
class Series:
    """One line: values by position (None leaves a gap) and, when known, its interval.

    ``style`` is ``main``, ``compare`` (dashed) or ``actual`` (ink).
    """

    values: Sequence[float | None]
    style: str = "main"
    low: Sequence[float | None] | None = None
    high: Sequence[float | None] | None = None
    end_label: str = ""


@dataclass(frozen=True)
class Frame:
    """The plotting area in SVG units, with its scales."""

    width: float
    height: float
    x_range: Point
    y_range: Point
    left: float = 38
    right: float = 10
    top: float = 14
    bottom: float = 26

    def x(self, value: float) -> float:
        low, high = self.x_range
        return self.left + (self.width - self.left - self.right) * (value - low) / _span(low, high)

    def y(self, value: float) -> float:
        low, high = self.y_range
        plot = self.height - self.top - self.bottom
        return self.height - self.bottom - plot * (value - low) / _span(low, high)


_STYLES = {"main": "l1", "compare": "l2", "actual": "l3"}


def _span(low: float, high: float) -> float:
    return (high - low) or 1.0


def _f(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _path(points: Iterable[Point], closed: bool = False) -> str:
    body = "L".join(f"{_f(x)} {_f(y)}" for x, y in points)
    return f"M{body}{'Z' if closed else ''}" if body else ""


def _role(label: str | None) -> str:
    return f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'


def _svg(kind: str, width: float, height: float, label: str | None, body: str) -> Markup:
    box = f'viewBox="0 0 {_f(width)} {_f(height)}"'
    return Markup(f'<svg class="{kind}" {box} {_role(label)}>{body}</svg>')  # noqa: S704


def _text(x: float, y: float, text: str, anchor: str = "middle", kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{_f(x)}" y="{_f(y)}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{_f(x1)}" y1="{_f(y1)}" x2="{_f(x2)}" y2="{_f(y2)}"/>'


def _scaled(value: float, maximum: float, width: float, root: bool) -> float:
    share = min(max(value / _span(0, maximum), 0.0), 1.0)
    return 3 + (width - 6) * (math.sqrt(share) if root else share)


def whisker(
    low: float,
    value: float,
    high: float,
    maximum: float,
    label: str | None = None,
    root: bool = False,
    width: float = 96,
) -> Markup:
    """A value with its interval on a scale from 0 to ``maximum``; ``root`` for sums of money."""
    start, middle, end = (_scaled(v, maximum, width, root) for v in (low, value, high))
    body = (
        _line("base", 0, 8, width, 8)
        + _line("range", start, 8, end, 8)
        + f'<circle class="point" cx="{_f(middle)}" cy="8" r="4"/>'
    )
    return _svg("whisker", width, 16, label, body)


def whisker_axis(
    ticks: Sequence[Tick], maximum: float, root: bool = False, width: float = 96
) -> Markup:
    """The axis of a column of whiskers, for the column head."""
    body = "".join(_text(_scaled(v, maximum, width, root), 12, text) for v, text in ticks)
    return _svg("whisker", width, 16, None, body)


def hbar(share: float, label: str | None = None) -> Markup:
    """A bar filled to ``share`` (0 to 1); it follows the reading direction."""
    filled = _f(120 * min(max(share, 0.0), 1.0))
    body = f'<rect class="bg" width="120" height="6"/><rect width="{filled}" height="6"/>'
    opening = f'<svg class="hbar" viewBox="0 0 120 6" preserveAspectRatio="none" {_role(label)}>'
    return Markup(f"{opening}{body}</svg>")  # noqa: S704


def reason_bar(value: float, maximum: float) -> Markup:
    """A bar from a zero line: to the right raises, to the left lowers."""
    width, zero = 52.0, 20.0
    size = min(abs(value) / _span(0, maximum), 1.0) * ((width - zero) if value > 0 else zero)
    x, kind = (zero, "up") if value > 0 else (zero - size, "down")
    bar = f'<rect class="{kind}" x="{_f(x)}" y="1" width="{_f(size)}" height="6" rx="1.5"/>'
    axis = f'<rect class="axis" x="{_f(zero - 0.5)}" y="0" width="1" height="8"/>'
    return _svg("reason-bar", width, 8, None, axis + bar)


def sparkline(values: Sequence[float], label: str | None = None) -> Markup:
    """A small line without axes; empty when there are fewer than two values."""
    if len(values) < 2:
        return Markup("")
    low, high = min(values), max(values)
    step = 68 / (len(values) - 1)
    points = [(2 + i * step, 17 - (v - low) / _span(low, high) * 14) for i, v in enumerate(values)]
    x, y = points[-1]
    body = f'<path d="{_path(points)}"/><circle cx="{_f(x)}" cy="{_f(y)}" r="2.25"/>'
    return _svg("spark", 72, 20, label, body)


def _grid(frame: Frame, ticks: Sequence[Tick]) -> str:
    end = frame.width - frame.right
    return "".join(
        _line("grid", frame.left, frame.y(value), end, frame.y(value))
        + _text(frame.left - 8, frame.y(value) + 4, text, "end")
        for value, text in ticks
    )


def _x_labels(frame: Frame, ticks: Sequence[Tick]) -> str:
    return "".join(_text(frame.x(value), frame.height - 8, text) for value, text in ticks)


def histogram(
    counts: Sequence[float],
    count_texts: Sequence[str],
    edge_texts: Sequence[str],
    y_ticks: Sequence[Tick],
    label: str,
    width: float = 468,
    height: float = 200,
) -> Markup:
    """Bars between edges: ``edge_texts`` has one more entry than ``counts``."""
    top = max([*counts, *(value for value, _ in y_ticks), 1])
    frame = Frame(width, height, (0, max(len(counts), 1)), (0, top))
    bars = "".join(
        _bar(frame, index, count, text)
        for index, (count, text) in enumerate(zip(counts, count_texts, strict=True))
    )
    edges = _x_labels(frame, [(float(i), text) for i, text in enumerate(edge_texts)])
    return _svg("chart", width, height, label, _grid(frame, y_ticks) + bars + edges)


def _bar(frame: Frame, index: int, count: float, text: str) -> str:
    x, y = frame.x(index) + 1, frame.y(count)
    width, height = frame.x(index + 1) - x - 1, frame.y(0) - y
    size = f'x="{_f(x)}" y="{_f(y)}" width="{_f(width)}" height="{_f(height)}"'
    return f'<rect class="bar" {size} rx="2"/>' + _text(x + width / 2, y - 5, text, kind="lab-2")


def _segments(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _band(frame: Frame, series: Series) -> str:
    if series.low is None or series.high is None:
        return ""
    bounds = enumerate(zip(series.low, series.high, strict=True))
    known = [(i, a, b) for i, (a, b) in bounds if a is not None and b is not None]
    upper = [(frame.x(i), frame.y(b)) for i, _, b in known]
    lower = [(frame.x(i), frame.y(a)) for i, a, _ in reversed(known)]
    return f'<path class="band" d="{_path([*upper, *lower], closed=True)}"/>' if known else ""


def _curve(frame: Frame, series: Series) -> str:
    kind, runs = _STYLES[series.style], _segments(series.values)
    body = "".join(
        f'<path class="{kind}" d="{_path((frame.x(i), frame.y(v)) for i, v in run)}"/>'
        for run in runs
    )
    if not series.end_label or not runs:
        return body
    x, y = frame.x(runs[-1][-1][0]), frame.y(runs[-1][-1][1])
    point = f'<circle class="pt" cx="{_f(x)}" cy="{_f(y)}" r="4"/>'
    return body + point + _text(x + 8, y + 4, series.end_label, "start", "lab")


def line_chart(
    series: Sequence[Series],
    x_ticks: Sequence[Tick],
    y_ticks: Sequence[Tick],
    label: str,
    width: float = 468,
    height: float = 200,
    split: Tick | None = None,
) -> Markup:
    """Lines over positions 0, 1, 2..., bands under them; ``split`` marks what was held out."""
    count = max((len(one.values) for one in series), default=1)
    values = [
        v for one in series for row in (one.values, one.high or ()) for v in row if v is not None
    ]
    low = min([value for value, _ in y_ticks] or [0.0])
    high = max([*values, *(value for value, _ in y_ticks), low])
    right = 34 if any(one.end_label for one in series) else 10
    frame = Frame(width, height, (0, max(count - 1, 1)), (low, high), right=right)
    body = _grid(frame, y_ticks) + _x_labels(frame, x_ticks)
    body = (_split(frame, split) if split else "") + body
    body += "".join(_band(frame, one) for one in series)
    body += "".join(_curve(frame, one) for one in series)
    return _svg("chart", width, height, label, body)


def _split(frame: Frame, split: Tick) -> str:
    position, text = split
    x, bottom = frame.x(position), frame.height - frame.bottom
    size = f'x="{_f(x)}" y="{_f(frame.top)}" width="{_f(frame.width - frame.right - x)}"'
    area = f'<rect class="hold" {size} height="{_f(bottom - frame.top)}"/>'
    return area + _line("rule", x, 2, x, bottom) + _text(x + 8, 10, text, "start", "lab-2")


def area_chart(
    points: Sequence[Point],
    x_ticks: Sequence[Tick],
    y_ticks: Sequence[Tick],
    label: str,
    mark: tuple[float, float, str] | None = None,
    diagonal: bool = True,
    width: float = 468,
    height: float = 200,
) -> Markup:
    """A filled curve of shares in 0..1 (a Lorenz curve), with one marked point and its words."""
    frame = Frame(width, height, (0, 1), (0, 1), top=10)
    drawn = [(frame.x(x), frame.y(y)) for x, y in points]
    base = frame.y(0)
    area = [*drawn, (drawn[-1][0], base), (drawn[0][0], base)] if drawn else []
    body = _grid(frame, y_ticks) + _x_labels(frame, x_ticks)
    body += f'<path class="band" d="{_path(area, closed=True)}"/>'
    body += f'<path class="l1" d="{_path(drawn)}"/>'
    body += _line("l2", frame.x(0), base, frame.x(1), frame.y(1)) if diagonal else ""
    return _svg("chart", width, height, label, body + (_mark(frame, *mark) if mark else ""))


def _mark(frame: Frame, x: float, y: float, text: str) -> str:
    px, py = frame.x(x), frame.y(y)
    rules = _line("rule", px, py, px, frame.y(0)) + _line("rule", frame.left, py, px, py)
    point = f'<circle class="pt" cx="{_f(px)}" cy="{_f(py)}" r="4.5"/>'
    return rules + point + _text(px + 10, py + 18, text, "start", "lab")


def heat_level(value: float, low: float, high: float) -> int:
    """The step 0..9 of a heat table for a value on the scale ``low`` to ``high``."""
    return max(0, min(9, int((value - low) / _span(low, high) * 10)))
