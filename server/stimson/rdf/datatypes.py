"""Datatypes: which lexical forms are values of which datatype.

https://www.w3.org/TR/xmlschema11-2/, without the white space that XML may put around a
value (https://www.w3.org/TR/rdf11-concepts/#section-Datatypes). Sizes are limited, as that
standard lets them be (section 5.4), to what rdflib can take, the other reader of our files:
days enough for 2.7 million years, years and months of more digits than it reckons with,
integers of more than 4300 digits; and years of more than 18 digits.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from xml.parsers.expat import ExpatError, ParserCreate

from .. import names
from .terms import NAME_MORE, NAME_START

XSD, _RDF = names.PREFIXES["xsd"], names.PREFIXES["rdf"]
_Check = Callable[[str], object]

_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
_YEAR = r"-?(?:[1-9]\d{3,17}|0\d{3})"
_DATE = rf"(?P<year>{_YEAR})-(?P<day>\d\d-\d\d)"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_MONTHS = r"(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?"
_DAYS = (
    r"(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_STRING = "[\\t\\n\\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*"


def is_valid(lexical: str, datatype: str) -> bool:
    """Tell whether `lexical` is a value of the datatype with that IRI; true if it is unknown."""
    check = _CHECKS.get(datatype)
    return check is None or bool(check(lexical))


def can_be(lexical: str, datatype: str, other: str) -> bool:
    """Tell whether a value of one datatype may be one of another; true if either is unknown."""
    if datatype == other or datatype not in _CHECKS or other not in _CHECKS:
        return True
    return family(datatype) == family(other) and is_valid(lexical, other)


def family(datatype: str) -> str:
    """Name the datatype with which another shares its values: xsd:decimal for xsd:byte."""
    return _FAMILY.get(datatype, datatype)


def is_known(datatype: str) -> bool:
    """Tell whether the values of a datatype are known here."""
    return datatype in _CHECKS


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # ASCII: to XSD, digits are 0 to 9, and no others.
    return re.compile(pattern, re.ASCII)


def _pattern(pattern: str) -> _Check:
    # Compiled when first used: most files need few datatypes, and some patterns are long.
    return lambda lexical: _compiled(pattern).fullmatch(lexical)


def _integer(least: int | None = None, most: int | None = None) -> _Check:
    digits = _pattern(r"[+-]?\d{1,4300}")

    def check(lexical: str) -> bool:
        if not digits(lexical):
            return False
        return (least is None or least <= int(lexical)) and (most is None or int(lexical) <= most)

    return check


def _bits(count: int) -> _Check:
    return _integer(-(2 ** (count - 1)), 2 ** (count - 1) - 1)


def _dated(pattern: str) -> _Check:
    """Check a form that holds a day of the calendar."""

    def check(lexical: str) -> bool:
        match = _compiled(pattern).fullmatch(lexical)
        return match is not None and _is_day(int(match["year"]), match["day"])

    return check


def _is_day(year: int, day: str) -> bool:
    """Tell whether a year of the Gregorian calendar, which repeats after 400, has a day."""
    try:
        date.fromisoformat(f"{2000 + year % 400}-{day}")
    except ValueError:
        return False
    return True


def _month_day(lexical: str) -> bool:
    """Check ``--02-29``; the year that is not given may be a leap year."""
    match = re.fullmatch(rf"--(\d\d-\d\d){_ZONE}?", lexical, re.ASCII)
    return match is not None and _is_day(2000, match[1])


def _duration(pattern: str) -> _Check:

    def check(lexical: str) -> bool:
        match = _compiled(rf"-?P(?=[\dT]){pattern}").fullmatch(lexical)
        if match is None:
            return False
        parts = {name: float(text or 0) for name, text in match.groupdict().items()}
        months = 12 * parts.pop("years", 0.0) + parts.pop("months", 0.0)  # of varying length
        try:
            timedelta(**parts)
        except OverflowError:
            return False
        return months < _MONTHS_AT_MOST

    return check


_MONTHS_AT_MOST = 1e27  # rdflib reckons with 28 digits


def _xml(lexical: str) -> bool:
    """Check the content of an element; there it may hold no document type."""
    try:
        ParserCreate().Parse(f"<_>{lexical}</_>".encode(), True)
    except (ExpatError, UnicodeEncodeError):
        return False
    return True


def _base64(lexical: str) -> bool:
    """Check base64, in which single spaces may stand between characters."""
    if lexical != " ".join(lexical.split()):
        return False
    return _BASE64.fullmatch(lexical.replace(" ", "")) is not None


# The bits that padding leaves unused are zero.
_BASE64 = re.compile(
    "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?"
)
_CHECKS: dict[str, _Check] = {
    f"{XSD}{name}": check
    for name, check in {
        "boolean": _pattern("true|false|1|0"),
        "string": _pattern(_STRING),
        "normalizedString": _pattern(_STRING.replace("\\t\\n\\r", "")),
        "token": _pattern(r"(?:[^\s]+(?: [^\s]+)*)?"),
        "language": _pattern(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*"),
        "Name": _pattern(f"[:{NAME_START}][:.{NAME_MORE}]*"),
        "NCName": _pattern(f"[{NAME_START}][.{NAME_MORE}]*"),
        "NMTOKEN": _pattern(f"[:.{NAME_MORE}]+"),
        "anyURI": _pattern(_STRING),
        "decimal": _pattern(rf"[+-]?{_NUMBER}"),
        "double": _pattern(rf"[+-]?{_NUMBER}(?:[Ee][+-]?\d+)?|[+-]?INF|NaN"),
        "float": _pattern(rf"[+-]?{_NUMBER}(?:[Ee][+-]?\d+)?|[+-]?INF|NaN"),
        "integer": _integer(),
        "nonNegativeInteger": _integer(least=0),
        "positiveInteger": _integer(least=1),
        "nonPositiveInteger": _integer(most=0),
        "negativeInteger": _integer(most=-1),
        "long": _bits(64),
        "int": _bits(32),
        "short": _bits(16),
        "byte": _bits(8),
        "unsignedLong": _integer(0, 2**64 - 1),
        "unsignedInt": _integer(0, 2**32 - 1),
        "unsignedShort": _integer(0, 2**16 - 1),
        "unsignedByte": _integer(0, 2**8 - 1),
        "date": _dated(f"{_DATE}{_ZONE}?"),
        "dateTime": _dated(f"{_DATE}T{_TIME}{_ZONE}?"),
        "dateTimeStamp": _dated(f"{_DATE}T{_TIME}{_ZONE}"),
        "time": _pattern(f"{_TIME}{_ZONE}?"),
        "gYear": _pattern(f"{_YEAR}{_ZONE}?"),
        "gYearMonth": _pattern(f"{_YEAR}-(?:0[1-9]|1[0-2]){_ZONE}?"),
        "gMonth": _pattern(f"--(?:0[1-9]|1[0-2]){_ZONE}?"),
        "gMonthDay": _month_day,
        "gDay": _pattern(f"---(?:0[1-9]|[12]\\d|3[01]){_ZONE}?"),
        "duration": _duration(_MONTHS + _DAYS),
        "yearMonthDuration": _duration(_MONTHS),
        "dayTimeDuration": _duration(_DAYS),
        "hexBinary": _pattern("(?:[0-9A-Fa-f]{2})*"),
        "base64Binary": _base64,
    }.items()
}
_CHECKS[f"{_RDF}XMLLiteral"] = _xml
_CHECKS[f"{_RDF}langString"] = lambda lexical: True
# What is derived from another datatype shares its values; all others share none.
_FAMILIES = {
    "decimal": (
        *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
        *("negativeInteger", "long", "int", "short", "byte"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    ),
    "string": ("normalizedString", "token", "language", "Name", "NCName", "NMTOKEN"),
    "dateTime": ("dateTimeStamp",),
    "duration": ("yearMonthDuration", "dayTimeDuration"),
}
_FAMILY = {f"{XSD}{name}": f"{XSD}{base}" for base, all_ in _FAMILIES.items() for name in all_}
