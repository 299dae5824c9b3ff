"""The order of the values of literals, by XML Schema 1.1 (https://www.w3.org/TR/xmlschema11-2/).

Points in time and durations have a partial order: whether a time without a zone comes
before one with a zone may be open, and so may be whether a month is longer than 30 days.
Numbers of different datatypes are compared as SPARQL does: a float goes before a decimal
(https://www.w3.org/TR/xpath-functions/#dt-type-promotion).
"""

import math
import re
import struct
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import pyoxigraph as ox

from .datatypes import XSD, family, is_valid

_REMEMBERED = 4096  # literals; a bound is compared with many others
_ZONE = re.compile(r"(.*?)(?:Z|([+-])(\d\d):(\d\d))?", re.DOTALL)
_INSTANT = re.compile(r"(-?\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?")
# How a shorter form is completed: before it, how much of it is left out, behind it.
_COMPLETE = {
    "dateTime": ("", 0, ""),
    "date": ("", 0, "T00:00:00"),
    "time": ("1972-12-31T", 0, ""),
    "gYear": ("", 0, "-01-01T00:00:00"),
    "gYearMonth": ("", 0, "-01T00:00:00"),
    "gMonth": ("1972", 1, "-01T00:00:00"),
    "gMonthDay": ("1972", 1, "T00:00:00"),
    "gDay": ("1972-12", 2, "T00:00:00"),
}
_DURATION = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(\.\d+)?S)?)?"
)
_DAY = 86_400  # seconds
_FARTHEST = 14 * 3600  # seconds between UTC and any zone, at most
# To which a duration is added to compare it with another (section 3.3.6.2).
_STARTS = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))


class _Seconds(NamedTuple):
    """Seconds: a whole number and what is beyond it, since sums of decimals are rounded."""

    whole: int
    rest: Decimal


class _Instant(NamedTuple):
    """A point in time: in UTC, or where nobody says."""

    at: _Seconds
    is_zoned: bool


def compare(one: ox.Literal, other: ox.Literal) -> int | None:
    """Compare two values: -1, 0 or 1; None where they have no order, or are no values."""
    first = _value(one.value, one.datatype.value)
    second = _value(other.value, other.datatype.value)
    if first is None or second is None or first[0] != second[0]:
        return None
    order: Callable[[Any, Any], int | None] = _ORDERS.get(first[0], _order)
    return order(first[1], second[1])


@lru_cache(_REMEMBERED)
def _value(lexical: str, datatype: str) -> tuple[str, Any] | None:
    """Give the kind and the value of a literal; None for what has no order, or is no value."""
    name = family(datatype).removeprefix(XSD)
    if not is_valid(lexical, datatype):
        return None
    match name:
        case "string" | "anyURI":
            return "string", lexical
        case "boolean":
            return name, lexical in ("true", "1")
        case "decimal":
            return "number", Decimal(lexical)
        case "double":
            return "number", float(lexical)
        case "float":
            return "number", _single(float(lexical))
        case "duration":
            return name, _duration(lexical)
    return (name, _instant(lexical, name)) if name in _COMPLETE else None


def _single(number: float) -> float:
    """Round a number as a float of 32 bits does."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def _instant(lexical: str, name: str) -> _Instant:
    split = _ZONE.fullmatch(lexical)
    assert split is not None  # it matches all text
    body, sign, hours, minutes = split.groups()
    before, cut, behind = _COMPLETE[name]
    if name == "time" and body.startswith("24"):
        body = f"00{body[2:]}"  # the end of a day is the beginning of one
    match = _INSTANT.fullmatch(f"{before}{body[cut:]}{behind}")
    assert match is not None  # it is valid
    year, month, day, hour, minute, second = map(int, match.groups()[:-1])
    whole = _days(year, month, day) * _DAY + 3600 * hour + 60 * minute + second
    if sign:
        whole -= int(f"{sign}1") * (3600 * int(hours) + 60 * int(minutes))
    return _Instant(_Seconds(whole, Decimal(match[7] or 0)), len(body) < len(lexical))


def _days(year: int, month: int, day: int) -> int:
    """Count the days to one of the Gregorian calendar, which has a year 0 here."""
    year, month = (year, month) if month > 2 else (year - 1, month + 12)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day


def _duration(lexical: str) -> tuple[_Seconds, ...]:
    """Give the points in time to which a duration leads from each of the starts."""
    match = _DURATION.fullmatch(lexical)
    assert match is not None  # it is valid
    years, months, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:-1])
    sign = -1 if match[1] else 1
    whole = sign * (_DAY * days + 3600 * hours + 60 * minutes + seconds)
    rest = sign * Decimal(match[8] or 0)
    if rest < 0:
        whole, rest = whole - 1, rest + 1
    added = sign * (12 * years + months)
    ends = (divmod(12 * year + month - 1 + added, 12) for year, month in _STARTS)
    return tuple(_Seconds(_days(year, month + 1, 1) * _DAY + whole, rest) for year, month in ends)


def _order(one: Any, other: Any) -> int | None:
    if one == other:
        return 0
    return -1 if one < other else 1 if one > other else None  # NaN is neither


def _order_numbers(one: Decimal | float, other: Decimal | float) -> int | None:
    if type(one) is not type(other):
        one, other = float(one), float(other)
    return _order(one, other)


def _order_instants(one: _Instant, other: _Instant) -> int | None:
    if one.is_zoned == other.is_zoned:
        return _order(one.at, other.at)
    # Whatever the zone that is not given, the order must be the same.
    orders = {
        _order(one.at, _Seconds(other.at.whole + shift, other.at.rest))
        for shift in (-_FARTHEST, _FARTHEST)
    }
    return orders.pop() if len(orders) == 1 else None


def _order_durations(one: tuple[_Seconds, ...], other: tuple[_Seconds, ...]) -> int | None:
    """Compare what two durations come to, if that is the same from each of the starts."""
    orders = {_order(*pair) for pair in zip(one, other, strict=True)}
    return orders.pop() if len(orders) == 1 else None


_ORDERS: dict[str, Callable[[Any, Any], int | None]] = {
    "number": _order_numbers,
    "duration": _order_durations,
    **dict.fromkeys(_COMPLETE, _order_instants),
}
