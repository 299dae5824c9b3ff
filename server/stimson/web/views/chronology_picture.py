"""A chronology as a picture: a row for each thing, on one scale of days.

A day that is known is a mark; a time between bounds is a bar between two strokes; a bound
that is open is an arrow, as far as the picture reaches. Kinds differ by shape.
"""

from datetime import date, timedelta
from typing import NamedTuple

from ..sparql.term_view import local_path
from .chronology_records import TimedRecord, ordinal

_NAMES, WIDTH, _MARGIN = 470, 1200, 26
ROW, _HEAD = 22, 34
_LONGEST = 62  # letters of a name
_TICKS = 12  # at most
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Bar(NamedTuple):
    """One thing: from `left` to `right`, which are the same where its day is known."""

    y: int
    record: TimedRecord
    name: str
    link: str
    left: float
    right: float
    is_open_left: bool
    earlier: str  # the year of a first day that lies before the picture
    is_open_right: bool
    title: str


class Tick(NamedTuple):
    """A day on the scale."""

    x: float
    text: str


class ChronologyPicture(NamedTuple):
    """All that is drawn."""

    width: int
    height: int
    bars: list[Bar]
    ticks: list[Tick]


def draw(records: list[TimedRecord], when: dict[str, str]) -> ChronologyPicture:
    """Draw things on the scale of their own days; `when` holds the time of each in words."""
    dated = [each for each in records if each.start or each.end]
    first, last = _span(dated)
    scale = (WIDTH - _NAMES - 2 * _MARGIN) / max(last - first, 1)

    def place(day: int) -> float:
        return round(_NAMES + _MARGIN + (day - first) * scale, 1)

    bars = []
    for index, each in enumerate(dated):
        start, end = ordinal(each.start), ordinal(each.end)
        bars.append(
            Bar(
                y=_HEAD + index * ROW + ROW // 2,
                record=each,
                name=each.label if len(each.label) <= _LONGEST else f"{each.label[:_LONGEST]}…",
                link=local_path(each.iri) or "",
                left=_NAMES + 4 if start is None or start < first else place(start),
                right=WIDTH - 4 if end is None else place(end),
                is_open_left=start is None,
                earlier=each.start[:4] if start is not None and start < first else "",
                is_open_right=end is None,
                title=f"{each.label}: {when[each.iri]}",
            )
        )
    ticks = [Tick(place(day), text) for day, text in _ticks(first, last)]
    return ChronologyPicture(WIDTH, _HEAD + len(bars) * ROW + 8, bars, ticks)


def _span(dated: list[TimedRecord]) -> tuple[int, int]:
    """Choose the days of the scale: one that begins long before all others does not rule it."""
    ends = [ordinal(each.end or each.start) or 1 for each in dated]
    days = [ordinal(each.start or each.end) or 1 for each in dated]
    first, last = min(ends, default=1), max([*ends, *days], default=1)
    early = first - max((last - first) // 4, 14)
    return min([first, *(day for day in days if day >= early)]), last


def _ticks(first: int, last: int) -> list[tuple[int, str]]:
    """Choose days for the scale: of days, months or years, so that they are few."""
    span = last - first
    if span <= _TICKS * 3:
        step = max(span // _TICKS, 1)
        days = [date.fromordinal(day) for day in range(first, last + 1, step)]
        return [(day.toordinal(), f"{day.day} {_MONTHS[day.month - 1]}") for day in days]
    if span <= _TICKS * 31:
        months = _months(date.fromordinal(first), last)
        return [(day.toordinal(), f"{_MONTHS[day.month - 1]} {day.year}") for day in months]
    years = range(date.fromordinal(first).year + 1, date.fromordinal(last).year + 1)
    step = next(each for each in (1, 2, 5, 10, 20, 50, 100, 500, 9999) if len(years) / each < 13)
    return [(date(year, 1, 1).toordinal(), str(year)) for year in years if year % step == 0]


def _months(day: date, last: int) -> list[date]:
    found: list[date] = []
    day = day.replace(day=1)
    while day.toordinal() <= last:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found[1:] or found  # the first may lie before the scale
