"""Write SSSOM/TSV: the same mappings always give the same bytes."""

import csv
import io
import json
from collections.abc import Iterable, Mapping

from . import MappingSet, Values, slots
from .read import BUILT_IN


def write(found: MappingSet) -> str:
    """Write a set, its rows in alphabetical order; what all rows share goes into the head."""
    rows = sorted((record.values for record in found.records), key=_order)
    shared = _shared(rows)
    table = [_row(row, found.prefixes, shared) for row in rows]
    used = {name for row in table for name in row}
    columns = [name for name in slots.RECORD if name in used or name in slots.REQUIRED]
    out = io.StringIO()
    out.writelines(_head(found, shared))
    writer = csv.DictWriter(out, columns, dialect="excel-tab", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def shorten(iri: str, prefixes: Mapping[str, str]) -> str:
    """Write an IRI with the longest of the prefixes that fit; as it is, if none does."""
    fits = [(space, prefix) for prefix, space in prefixes.items() if iri.startswith(space)]
    if not fits:
        return iri
    space, prefix = max(fits, key=lambda pair: len(pair[0]))
    return f"{prefix}:{iri.removeprefix(space)}"


def _order(row: Values) -> tuple[tuple[str, ...], ...]:
    slots_of_key = ("subject_id", "predicate_id", "predicate_modifier", "object_id")
    return tuple(row.get(name, ()) for name in slots_of_key)


def _shared(rows: list[Values]) -> dict[str, tuple[str, ...]]:
    """Find the values that all rows have, of the slots that may stand in the head."""
    first = rows[0] if rows else {}
    return {
        name: first[name]
        for name in slots.SPREADING
        if name in first and all(row.get(name) == first[name] for row in rows)
    }


def _row(row: Values, prefixes: Mapping[str, str], shared: Values) -> dict[str, str]:
    return {
        name: "|".join(_cell(slots.RECORD[name], value, prefixes) for value in values)
        for name, values in row.items()
        if name not in shared
    }


def _cell(slot: slots.Slot, value: str, prefixes: Mapping[str, str]) -> str:
    text = shorten(value, prefixes) if slot.kind == slots.ID else value
    return text.replace("|", "\\|") if slot.many else text


def _head(found: MappingSet, shared: Values) -> Iterable[str]:
    """Write the head, as YAML behind marks; strings in quotes are JSON's, which YAML reads."""
    for name, slot in {**slots.SET, **slots.SPREADING}.items():
        values = found.values.get(name) or shared.get(name)
        if values and slot.many:
            yield f"# {name}:\n"
            yield from (f"#   - {_scalar(slot, value, found.prefixes)}\n" for value in values)
        elif values:
            yield f"# {name}: {_scalar(slot, values[0], found.prefixes)}\n"
    yield "# curie_map:\n"
    for prefix, space in sorted(found.prefixes.items()):
        if BUILT_IN.get(prefix) != space or prefix in ("semapv", "skos"):
            yield f"#   {prefix}: {json.dumps(space, ensure_ascii=False)}\n"


def _scalar(slot: slots.Slot, value: str, prefixes: Mapping[str, str]) -> str:
    text = shorten(value, prefixes) if slot.kind == slots.ID else value
    return json.dumps(text, ensure_ascii=False)
