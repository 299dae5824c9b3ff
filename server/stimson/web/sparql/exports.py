"""Results of SELECT queries in further formats: XLSX, Parquet and GeoJSON.

They are made from SPARQL JSON results, whole, in memory: what is too large for that is refused.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ... import names
from ...errors import FormatUnavailable, ResultTooLarge

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET = "application/vnd.apache.parquet"
GEOJSON = "application/geo+json"
_LARGEST = 64 * 2**20  # bytes of JSON results
_XSD = names.PREFIXES["xsd"]
_WHOLE = ("integer", "int", "long", "nonNegativeInteger")
_PARTS = ("decimal", "double", "float")
_WKT = f"{names.PREFIXES['geo']}wktLiteral"
_CELL = 32_767  # characters that a cell of a spreadsheet can hold

Content = Mapping[str, Any]


def export(content: Content, media_type: str) -> bytes:
    """Write results in one of the `EXPORTS`, or raise `FormatUnavailable`."""
    return EXPORTS[media_type](content)


def refuse_large(length: int) -> None:
    """Raise `ResultTooLarge` for results that are too large to be written anew."""
    if length > _LARGEST:
        raise ResultTooLarge("The result is too large for this format: take CSV, TSV or JSON.")


def _xlsx(content: Content) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("result")
    sheet.append(content["head"]["vars"])
    for row in _rows(content):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _for_cell(value))
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _for_cell(value: Any) -> Any:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("", value)[:_CELL] if isinstance(value, str) else value


def _parquet(content: Content) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    columns: dict[str, list[Any]] = {name: [] for name in content["head"]["vars"]}
    for row in _rows(content):
        for name, value in zip(columns, row, strict=True):
            columns[name].append(value)
    table = pa.table({name: _column(values) for name, values in columns.items()})
    file = io.BytesIO()
    parquet.write_table(table, file)
    return file.getvalue()


def _column(values: list[Any]) -> Any:
    """Keep numbers as numbers where all are, else write texts."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {int, float}:
        return pa.array(values, pa.int64() if kinds == {int} else pa.float64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _geojson(content: Content) -> bytes:
    from shapely import from_wkt, to_geojson

    place = next((name for name in content["head"]["vars"] if _has_wkt(content, name)), None)
    if place is None:
        raise FormatUnavailable("No column holds geometries: GeoJSON is for those that do.")
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(to_geojson(from_wkt(_bare(row[place]["value"])))),
            "properties": {name: term["value"] for name, term in row.items() if name != place},
        }
        for row in content["results"]["bindings"]
        if place in row
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _has_wkt(content: Content, name: str) -> bool:
    rows = content["results"]["bindings"]
    return any(row[name].get("datatype") == _WKT for row in rows if name in row)


def _bare(wkt: str) -> str:
    """Leave out the reference system, which is that of GeoJSON where none is named."""
    return wkt.partition(">")[2] if wkt.startswith("<") else wkt


def _rows(content: Content) -> Iterator[list[Any]]:
    variables = content["head"]["vars"]
    for row in content["results"]["bindings"]:
        yield [_value(row[name]) if name in row else None for name in variables]


def _value(term: Mapping[str, Any]) -> Any:
    """Read numbers; everything else is text."""
    text, datatype = str(term["value"]), str(term.get("datatype", "")).removeprefix(_XSD)
    try:
        if datatype in _WHOLE:
            return int(text)
        return float(text) if datatype in _PARTS else text
    except ValueError:  # ill-typed, or too large
        return text


EXPORTS: dict[str, Callable[[Content], bytes]] = {
    XLSX: _xlsx,
    PARQUET: _parquet,
    GEOJSON: _geojson,
}
