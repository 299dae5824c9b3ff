"""Regions and settlements: names, codes, whose view puts them where, and geometry."""

import json
from typing import Any

from .reference import REFERENCE, Row, read
from .turtle import block, document, name, names, string, text, texts, typed

_PLACEMENT = {
    "2014": "The source is a treaty of purported annexation, which the graph records as an act.",
    "2022": "The article reports laws by which Russia treats the region as its own, "
    "and who does not recognise that.",
}
_MAP = (
    "What is drawn: the regions of Ukraine by ISO 3166-2, generalised. Crimea and Sevastopol are "
    "drawn as such regions, as General Assembly resolution 68/262 treats them; "
    "Natural Earth itself draws them inside Russia."
)
_COARSE = "Generalised: do not test strictly whether a point lies inside."
_CRIMEA = (
    "Drawn as a region of Ukraine, as General Assembly resolution 68/262 treats it; the source, "
    "Natural Earth, draws it inside Russia. " + _COARSE
)


def files() -> dict[str, str]:
    """Write the files about places."""
    regions, settlements = read("regions"), read("settlements")
    places = [_region(row) for row in regions]
    views = [view for row in regions for view in _placements(row)]
    views[0] = "# Whose view puts them where\n\n" + views[0]
    points = [_point(row) for row in settlements if row["lat"]]
    return {
        "territories/regions.ttl": document(
            places + views, "First-level regions, and the states that authorities place them in."
        ),
        "territories/settlements.ttl": document(map(_settlement, settlements), "Settlements."),
        "geometry/regions.ttl": document(_polygons(regions), _MAP),
        "geometry/settlements.ttl": document(points, "Points of settlements, CRS84."),
    }


def _region(row: Row) -> str:
    return block(
        f"territory:{row['slug']}",
        "st:Region",
        ("rdfs:label", texts(en=row["name_en"], uk=row["name_uk"], ru=row["name_ru"])),
        ("st:iso31662Code", string(row["iso3166_2"])),
        ("st:katottgCode", string(row["katottg"])),
        ("st:geonamesId", string(row["geonames_id"])),
        ("geo:hasGeometry", f"geometry:territory-{row['slug']}"),
        ("dcterms:source", names("citation", row["sources"])),
    )


def _placements(row: Row) -> list[str]:
    """Write the view of Ukraine, and that of Russia where a source tells of it."""
    views = [_placement(row, "ukraine", "citation:katottg-2024", "")]
    if since := row["claimed_by_russia_since_year"]:
        note = f"{_PLACEMENT[since]} Claimed since {since}."
        views.append(_placement(row, "russia", row["russian_source"], note))
    return views


def _placement(row: Row, authority: str, source: str, note: str) -> str:
    view = f"in {authority.title()}, according to {authority.title()}"
    return block(
        f"placement:{row['slug']}-according-to-{authority}",
        "st:Placement",
        ("rdfs:label", text(f"{row['name_en']} {view}")),
        ("st:placed", f"territory:{row['slug']}"),
        ("st:placedIn", f"state:{authority}"),
        ("st:accordingTo", f"state:{authority}"),
        ("dcterms:source", name(source)),
        ("skos:editorialNote", text(note)),
    )


def _settlement(row: Row) -> str:
    region = row["region"]
    return block(
        f"place:{row['slug']}",
        "st:Settlement",
        ("rdfs:label", texts(en=row["name_en"], uk=row["name_uk"], ru=row["name_ru"])),
        ("skos:altLabel", text(row["alt_name_en"])),
        ("st:locatedIn", f"territory:{region}" if region else ""),
        ("st:katottgCode", string(row["katottg"])),
        ("st:geonamesId", string(row["geonames_id"])),
        ("geo:hasGeometry", f"geometry:place-{row['slug']}" if row["lat"] else ""),
        ("dcterms:source", names("citation", row["sources"])),
        ("skos:editorialNote", text(row["note"])),
    )


def _point(row: Row) -> str:
    return block(
        f"geometry:place-{row['slug']}",
        "geo:Geometry",
        ("geo:asWKT", typed(f"POINT ({row['lon']} {row['lat']})", "geo:wktLiteral")),
        ("dcterms:source", names("citation", row["point_source"])),
    )


def _polygons(regions: list[Row]) -> list[str]:
    shapes = json.loads((REFERENCE / "regions.geojson").read_text(encoding="utf-8"))["features"]
    wkt = {shape["properties"]["iso3166_2"]: _wkt(shape["geometry"]) for shape in shapes}
    return [
        block(
            f"geometry:territory-{row['slug']}",
            "geo:Geometry",
            ("geo:asWKT", typed(wkt[row["iso3166_2"]], "geo:wktLiteral")),
            ("dcterms:source", "citation:natural-earth-admin-1"),
            ("skos:editorialNote", text(_CRIMEA if _is_in_crimea(row) else _COARSE)),
        )
        for row in regions
    ]


def _is_in_crimea(row: Row) -> bool:
    return row["iso3166_2"] in ("UA-40", "UA-43")


def _wkt(geometry: dict[str, Any]) -> str:
    """Write a GeoJSON polygon or multipolygon as well-known text."""
    parts = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        return f"POLYGON {_rings(parts)}"
    return f"MULTIPOLYGON ({', '.join(map(_rings, parts))})"


def _rings(rings: list[list[list[float]]]) -> str:
    lines = (", ".join(f"{lon:g} {lat:g}" for lon, lat in ring) for ring in rings)
    return f"({', '.join(f'({line})' for line in lines)})"
