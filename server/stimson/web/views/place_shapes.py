"""The places that have a geometry, projected for a picture, once for a snapshot.

The projection is Lambert's azimuthal equal-area one around the middle of all regions: areas
compare, and no place is at its edge. Neighbours are simplified together, so that they keep
the lines that they share.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ... import names
from ..sparql.quads import solutions
from ..sparql.site import site

WIDTH = 1200
_MARGIN, _BESIDE = 12, 170  # beside: for names of what lies close together
_TOLERANCE = 1.0  # of a unit of the picture
_MOST = 3000  # geometries
_GEO = names.PREFIXES["geo"]
_LABEL = f"{names.PREFIXES['rdfs']}label"


@dataclass(frozen=True, slots=True)
class PlaceShape:
    """A place as it is drawn: a region by its outline, a point by where it is."""

    place: str
    label: str
    outline: str  # of a region; empty for a point
    x: float  # the point, or a point well inside
    y: float
    source: str
    source_label: str
    note: str


@dataclass(frozen=True, slots=True)
class PlaceShapes:
    """All that can be drawn."""

    height: int
    regions: list[PlaceShape]
    points: list[PlaceShape]

    def sources(self) -> list[tuple[str, str]]:
        """List whose lines the regions are drawn by."""
        return sorted({(each.source, each.source_label) for each in self.regions if each.source})


def place_shapes() -> PlaceShapes:
    """Find the shapes of the snapshot that is served."""
    return _read(site().snapshot.name)


@lru_cache(maxsize=2)  # while one snapshot follows the other
def _read(_: str) -> PlaceShapes:
    import shapely

    rows: dict[str, dict[str, str]] = {}
    for row in solutions(_QUERY):
        values = {name: row[name].value if row[name] else "" for name in _NAMES}
        rows.setdefault(values["place"], values)
    found = {iri: shapely.from_wkt(_bare(row["wkt"]), "ignore") for iri, row in rows.items()}
    found = {iri: shape for iri, shape in found.items() if shape is not None and not shape.is_empty}
    regions = [iri for iri, shape in found.items() if shape.area > 0]
    points = [iri for iri, shape in found.items() if shape.geom_type == "Point"]
    if not regions:
        return PlaceShapes(0, [], [])
    shapes, height = _project(found, regions, points)
    drawn = {iri: _shape(iri, rows[iri], shapes[iri]) for iri in (*regions, *points)}
    inside = [
        drawn[iri] for iri in points if 0 <= drawn[iri].x <= WIDTH and 0 <= drawn[iri].y <= height
    ]
    by_label = sorted((drawn[iri] for iri in regions), key=lambda each: each.label.casefold())
    return PlaceShapes(height, by_label, sorted(inside, key=lambda each: each.label.casefold()))


def _project(
    found: dict[str, Any], regions: list[str], points: list[str]
) -> tuple[dict[str, Any], int]:
    """Project to the units of the picture, whose origin is above and left."""
    import numpy
    import shapely
    from pyproj import Transformer

    west, south, east, north = shapely.total_bounds([found[iri] for iri in regions])
    middle = f"+proj=laea +lat_0={(south + north) / 2:.3f} +lon_0={(west + east) / 2:.3f}"
    there = Transformer.from_crs("OGC:CRS84", f"{middle} +datum=WGS84", always_xy=True)

    def flat(at: Any) -> Any:
        return numpy.column_stack(there.transform(at[:, 0], at[:, 1]))

    plane = {iri: shapely.transform(found[iri], flat) for iri in (*regions, *points)}
    left, low, right, high = shapely.total_bounds([plane[iri] for iri in regions])
    scale = (WIDTH - 2 * _MARGIN - _BESIDE) / (right - left)

    def place(at: Any) -> Any:
        return numpy.column_stack(
            (_MARGIN + (at[:, 0] - left) * scale, _MARGIN + (high - at[:, 1]) * scale)
        )

    placed = {iri: shapely.transform(shape, place) for iri, shape in plane.items()}
    simple = shapely.coverage_simplify([placed[iri] for iri in regions], _TOLERANCE)
    placed.update(zip(regions, simple, strict=True))
    return placed, round(2 * _MARGIN + (high - low) * scale)


def _shape(iri: str, row: dict[str, str], shape: Any) -> PlaceShape:
    is_point = shape.geom_type == "Point"
    inner = shape if is_point else shape.representative_point()
    return PlaceShape(
        place=iri,
        label=row["label"] or names.shorten(iri),
        outline="" if is_point else _outline(shape),
        x=round(inner.x, 1),
        y=round(inner.y, 1),
        source=row["source"],
        source_label=row["sourceLabel"] or names.shorten(row["source"]),
        note=row["note"],
    )


def _outline(shape: Any) -> str:
    """Write polygons as the data of an SVG path: each point as seen from the one before."""
    polygons = getattr(shape, "geoms", [shape])
    rings = [ring for each in polygons for ring in (each.exterior, *each.interiors)]
    points = ([(round(x * 10), round(y * 10)) for x, y in ring.coords] for ring in rings)
    return "".join(map(_ring, points))


def _ring(points: list[tuple[int, int]]) -> str:
    steps = [
        f"{(x - left) / 10:g} {(y - above) / 10:g}"
        for (left, above), (x, y) in pairwise(points[:-1])
    ]
    return f"M{points[0][0] / 10:g} {points[0][1] / 10:g}l{' '.join(steps)}z"


def _bare(wkt: str) -> str:
    """Leave out the reference system, which is that of longitude and latitude if none is named."""
    return wkt.partition(">")[2].strip() if wkt.startswith("<") else wkt


_NAMES = ("place", "label", "wkt", "source", "sourceLabel", "note")
_QUERY = f"""SELECT ?place ?label ?wkt ?source ?sourceLabel ?note WHERE {{
  ?place <{_GEO}hasGeometry> ?geometry .
  ?geometry <{_GEO}asWKT> ?wkt .
  OPTIONAL {{ ?place <{_LABEL}> ?label FILTER(LANG(?label) = "en") }}
  OPTIONAL {{ ?geometry <{names.PREFIXES["dcterms"]}source> ?source
    OPTIONAL {{ ?source <{_LABEL}> ?sourceLabel FILTER(LANG(?sourceLabel) IN ("en", "")) }} }}
  OPTIONAL {{ ?geometry <{names.PREFIXES["skos"]}editorialNote> ?note }}
}} LIMIT {_MOST}"""
