"""Where a place is, and how far from there a point is."""

import math
import re

import pyoxigraph as ox

from ...rdf import Index, named

_GEOMETRY, _WKT = named("geo:hasGeometry"), named("geo:asWKT")
_PAIR = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s+(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_RADIUS = 6371.0  # of the earth, in kilometres

Point = tuple[float, float]  # longitude, latitude


def points(wkt: str) -> list[Point]:
    """List the points of a geometry in WKT, whatever its kind."""
    return [(float(x), float(y)) for x, y in _PAIR.findall(wkt)]


def geometry(index: Index, thing: str) -> ox.NamedNode | None:
    """Find the geometry of a place."""
    found = index.value(ox.NamedNode(thing), _GEOMETRY)
    return found if isinstance(found, ox.NamedNode) else None


def outline(index: Index, shape: ox.NamedNode) -> list[Point]:
    """List the points of a geometry."""
    text = index.value(shape, _WKT)
    return [] if text is None else points(text.value)


def distance(outline: list[Point], point: Point) -> float:
    """Reckon how many kilometres a point is from the box around an outline; 0 if it is inside."""
    west, east = min(x for x, _ in outline), max(x for x, _ in outline)
    south, north = min(y for _, y in outline), max(y for _, y in outline)
    x, y = point
    return _great_circle(point, (min(max(x, west), east), min(max(y, south), north)))


def _great_circle(one: Point, other: Point) -> float:
    """Reckon the distance on a sphere by the haversine formula, which keeps small ones exact."""
    x1, y1, x2, y2 = (math.radians(degrees) for degrees in (*one, *other))
    half = math.sin((y2 - y1) / 2) ** 2
    half += math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * _RADIUS * math.asin(math.sqrt(half))
