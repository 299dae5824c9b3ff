"""What our data say of a thing, and where it is, as that is compared with its item."""

import math
import re
from collections.abc import Iterator

import pyoxigraph as ox

from ... import names
from ...rdf import Index, named
from .. import MappingSet
from ..mapping_check import classes_of
from . import item_id

LABEL, LOCATED = named("rdfs:label"), named("st:locatedIn")
_TYPE = named("rdf:type")
# Things of these classes are called by their names; others by what they are.
_NAMED_CLASSES = {
    f"{names.ST}{local}"
    for local in (
        *("State", "Person", "Organization", "Group", "Region"),
        *("Settlement", "WaterBody", "Watercourse", "Area"),
    )
}
_GEOMETRY, _WKT = named("geo:hasGeometry"), named("geo:asWKT")
_PAIR = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s+(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_RADIUS = 6371.0  # of the earth, in kilometres
Point = tuple[float, float]  # longitude, latitude


def exact_pairs(sets: list[MappingSet]) -> list[tuple[str, str]]:
    """List each thing with the item that is exactly it, both by their names."""
    rows = (row for found in sets for row in found.rows)
    return [(each.subject, id_) for each in rows if each.is_exact and (id_ := item_id(each.object))]


def classes(index: Index, thing: str) -> set[str]:
    """List the classes of a thing, and those above them."""
    return {kind.value for kind in classes_of(index, thing)}


def is_named(index: Index, thing: str) -> bool:
    """Tell whether the labels of a thing are its names."""
    types = {kind.value for kind in index.objects(ox.NamedNode(thing), _TYPE)}
    return not types.isdisjoint(_NAMED_CLASSES)


def labels(index: Index, thing: str) -> Iterator[ox.Literal]:
    """List the labels of a thing."""
    for label in index.objects(ox.NamedNode(thing), LABEL):
        if isinstance(label, ox.Literal) and label.language:
            yield label


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
