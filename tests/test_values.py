"""The order of values: by the standard, and as pyoxigraph has it where it has one."""

from itertools import product

import pyoxigraph as ox
import pytest

from stimson.rdf import named
from stimson.rdf.values import compare


def literal(text):
    """Make a literal of ``form^^name``; without a name, it is a string."""
    form, _, name = text.partition("^^")
    return ox.Literal(form, datatype=named(f"xsd:{name or 'string'}"))


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("1^^integer", "01.0^^decimal", 0),
        ("0.1^^decimal", "0.1^^double", 0),
        ("0.1^^double", "0.1^^float", -1),
        (f"{'9' * 400}^^integer", f"{'9' * 399}8^^integer", 1),
        (f"0.{'0' * 60}1^^decimal", "0^^decimal", 1),
        ("1e400^^double", "INF^^double", 0),
        ("-INF^^float", "-1^^long", -1),
        ("-0^^double", "0^^double", 0),
        ("NaN^^double", "NaN^^double", None),
        ("false^^boolean", "1^^boolean", -1),
        ("a", "b", -1),
        ("a^^token", "B", 1),
        # A form that is no value, and values of two kinds.
        ("1_0^^integer", "1^^integer", None),
        ("2014-02-30^^date", "2014-02-30^^date", None),
        ("5^^integer", "5", None),
        ("2014^^gYear", "2014-01-01^^date", None),
        ("2014-01-01^^date", "2014-01-01T00:00:00^^dateTime", None),
        ("ab^^hexBinary", "ab^^hexBinary", None),
        # A zone is known of one: the order is open within 14 hours (section 3.3.7 and E.3.3).
        ("2000-01-15T12:00:00^^dateTime", "2000-01-16T12:00:00Z^^dateTime", -1),
        ("2000-01-16T12:00:00Z^^dateTime", "2000-01-15T12:00:00^^dateTime", 1),
        ("2000-01-01T12:00:00^^dateTime", "1999-12-31T23:00:00Z^^dateTime", None),
        ("2000-01-16T12:00:00^^dateTime", "2000-01-16T12:00:00Z^^dateTime", None),
        ("2000-01-16T02:00:00Z^^dateTime", "2000-01-16T16:00:00^^dateTime", None),
        ("2000-01-16T01:59:59.9Z^^dateTime", "2000-01-16T16:00:00^^dateTime", -1),
        ("2014-03-18^^date", "2014-03-18Z^^date", None),
        ("2014-03-18^^date", "2014-03-20Z^^date", -1),
        # Zones are taken off, the end of a day is the beginning of one, there is a year 0.
        ("2014-03-18T12:00:00Z^^dateTime", "2014-03-18T13:00:00+02:00^^dateTime", 1),
        ("2014-03-18T23:30:00-01:00^^dateTime", "2014-03-19T00:30:00Z^^dateTime", 0),
        ("2014-12-31T24:00:00^^dateTime", "2015-01-01T00:00:00^^dateTime", 0),
        ("24:00:00^^time", "00:00:00.0^^time", 0),
        ("2014-03-18T12:00:00.1^^dateTime", "2014-03-18T12:00:00.10^^dateTime", 0),
        (
            f"2014-03-18T12:00:00.{'1' * 40}^^dateTime",
            f"2014-03-18T12:00:00.{'1' * 41}^^dateTimeStamp",
            None,
        ),
        (
            f"2014-03-18T12:00:00.{'1' * 40}^^dateTime",
            f"2014-03-18T12:00:00.{'1' * 41}^^dateTime",
            -1,
        ),
        ("-0001-12-31^^date", "0000-01-01^^date", -1),
        ("0000-02-29^^date", "0000-03-01^^date", -1),
        ("-0044-03-15^^date", "0044-03-15^^date", -1),
        ("12014-01-01^^date", "9999-12-31^^date", 1),
        ("2014-03-18-14:00^^date", "2014-03-19+10:00^^date", 0),
        ("2014^^gYear", "-0044^^gYear", 1),
        ("2014-02^^gYearMonth", "2014-10^^gYearMonth", -1),
        ("--02-29^^gMonthDay", "--03-01^^gMonthDay", -1),
        ("---09^^gDay", "---31^^gDay", -1),
        ("--02^^gMonth", "--11^^gMonth", -1),
        # Durations, from the table in section 3.3.6.2.
        ("P1Y^^duration", "P364D^^duration", 1),
        ("P1Y^^duration", "P365D^^duration", None),
        ("P1Y^^duration", "P366D^^duration", None),
        ("P1Y^^duration", "P367D^^duration", -1),
        ("P1M^^duration", "P27D^^duration", 1),
        ("P1M^^duration", "P30D^^duration", None),
        ("P1M^^duration", "P32D^^duration", -1),
        ("P5M^^duration", "P149D^^duration", 1),
        ("P5M^^duration", "P151D^^duration", None),
        ("P5M^^duration", "P154D^^duration", -1),
        ("PT36H^^dayTimeDuration", "P1DT12H^^duration", 0),
        ("-P1M^^yearMonthDuration", "P0D^^duration", -1),
        ("-PT0.5S^^dayTimeDuration", "-PT0.4S^^dayTimeDuration", -1),
        ("-PT0.5S^^dayTimeDuration", "PT0S^^dayTimeDuration", -1),
        ("P12M^^duration", "P1Y^^yearMonthDuration", 0),
    ],
)
def test_values_are_ordered_as_the_standard_says(one, other, order):
    assert compare(literal(one), literal(other)) == order
    assert compare(literal(other), literal(one)) == (order and -order)


MOMENTS = ["2014-03-18", "2014-03-17", "-0001-12-31", "0000-02-29", "12014-01-01", "2000-02-29"]
HOURS = ["00:00:00", "23:59:59.999", "12:30:00", "24:00:00", "10:00:00.5"]
ZONES = ["", "Z", "+14:00", "-05:30"]
VALUES = [
    *(f"{day}{zone}^^date" for day in MOMENTS for zone in ZONES),
    *(f"{hour}{zone}^^time" for hour in HOURS[:3] for zone in ZONES),
    *(f"{day}T{hour}{zone}^^dateTime" for day in MOMENTS for hour in HOURS for zone in ZONES[:3]),
    *("0^^integer", "-7^^integer", "7.50^^decimal", "7.5^^double", "-INF^^double", "1e3^^float"),
    *("NaN^^double", "300^^short", "true^^boolean", "0^^boolean", "a", "B", ""),
    *("P1D^^dayTimeDuration", "PT23H59M59.5S^^dayTimeDuration", "-PT1S^^dayTimeDuration"),
    *("P1M^^yearMonthDuration", "-P2Y^^yearMonthDuration", "P14M^^yearMonthDuration"),
    *("P1M^^duration", "P30D^^duration", "P32D^^duration", "-P1Y1DT1S^^duration", "P1Y^^duration"),
]


def test_pyoxigraph_orders_no_values_otherwise():
    given = [literal(text) for text in VALUES]
    rows = " ".join(map(str, given))
    query = f"SELECT * {{ VALUES ?a {{ {rows} }} VALUES ?b {{ {rows} }} BIND (?a < ?b AS ?less) }}"
    found = {(row["a"], row["b"]): row["less"] for row in ox.Store().query(query)}
    decided = {pair: less.value == "true" for pair, less in found.items() if less is not None}

    assert len(decided) > len(given) * 40
    ours = {pair: compare(*pair) == -1 for pair in decided}
    assert {pair: less for pair, less in ours.items() if less != decided[pair]} == {}


def test_no_order_turns_back():
    given = [literal(text) for text in VALUES[:60]]
    for one, two, three in product(given[::3], given[1::3], given[2::3]):
        if compare(one, two) == compare(two, three) == -1:
            assert compare(one, three) == -1


LONG = "9" * 4300
EXTREMES = [
    *(f"{LONG}^^integer", f"-{LONG}.{LONG}^^decimal", f"1e{LONG}^^double", f"-1e{LONG}^^float"),
    *(f"{'9' * 18}-12-31^^date", f"-{'9' * 18}-01-01T24:00:00+14:00^^dateTime"),
    *(f"2014-01-01T00:00:00.{LONG}^^dateTime", f"12:00:00.{LONG}Z^^time", f"{'9' * 18}^^gYear"),
    *("P2700000D^^duration", f"P{'9' * 26}Y^^duration", f"-PT0.{LONG}S^^dayTimeDuration"),
    *(f"P{'9' * 26}M^^yearMonthDuration", "NaN^^float", f"{LONG}^^string", f"{LONG}^^gDay"),
]


def test_extreme_values_have_an_order_too():
    for one, other in product(map(literal, EXTREMES), repeat=2):
        expected = compare(other, one)
        assert compare(one, other) == (expected and -expected)
        assert (
            expected is None or one.datatype != other.datatype or (expected == 0) == (one == other)
        )
