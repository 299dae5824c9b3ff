"""Read and write SSSOM/TSV (https://mapping-commons.github.io/sssom/spec-formats-tsv/).

What is wrong in one cell is a fault with its place, so that all of them can be told at once; a
file that is no such table is an `InvalidFile`. The same mappings are always written as the same
bytes.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

from .. import names
from ..errors import InvalidFile
from ..files import read_text, refuse_mark
from ..queries import read_yaml
from . import NOT, CellFault, MappingRow, MappingSet, Values, find_files
from . import sssom_slots as slots

# Prefixes that SSSOM itself gives, so that no file need declare them.
BUILT_IN = {
    short: names.PREFIXES[short] for short in ("owl", "rdf", "rdfs", "skos", "sssom", "semapv")
}
_MARK = "#"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_BAR = re.compile(r"(?<!\\)\|")


def read_folder(folder: Path) -> list[MappingSet]:
    """Read every file of mappings below a folder, or raise `InvalidFile` at the first that is none.

    There may be none at all.
    """
    return [read_mappings(path) for path in find_files(folder)]


def read_sound(folder: Path) -> list[MappingSet]:
    """Read every file of mappings below a folder; `InvalidFile` at the first fault in any.

    For those who would go wrong without a word if a row were left out.
    """
    sets = read_folder(folder)
    for found in sets:
        for fault in sorted(found.faults, key=lambda each: (each.line, each.column)):
            raise InvalidFile(found.path, fault.message.rstrip("."), fault.line, fault.column)
    return sets


def read_mappings(path: Path) -> MappingSet:
    """Read one file, or raise `InvalidFile`."""
    return parse(path, read_text(path))


def parse(path: Path, text: str) -> MappingSet:
    """Read the text of a file known as `path`."""
    refuse_mark(path, text)
    lines = io.StringIO(text, newline="\n").readlines()
    head = list(takewhile(lambda line: line.startswith(_MARK), lines))
    metadata = _read_metadata(path, head)
    declared = _prefixes(path, metadata)
    reader = _TableReader(path, {**BUILT_IN, **declared})
    values = reader.head(metadata, head)
    propagated = {name: values.pop(name) for name in slots.PROPAGATED if name in values}
    rows = sorted(reader.table(lines[len(head) :], len(head), propagated), key=lambda row: row.key)
    return MappingSet(values, declared, tuple(rows), path, tuple(reader.faults))


def write(found: MappingSet) -> str:
    """Write a set, its rows in alphabetical order; what all rows share goes into the head."""
    rows = sorted((row.values for row in found.rows), key=_order)
    shared = _shared(rows)
    table = [_write_row(row, found.prefixes, shared) for row in rows]
    used = {name for row in table for name in row}
    columns = [name for name in slots.ROW if name in used or name in slots.REQUIRED]
    out = io.StringIO()
    out.writelines(_write_metadata(found, shared))
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


def _read_metadata(path: Path, lines: list[str]) -> dict[str, Any]:
    text = "".join(line.removeprefix(_MARK) for line in lines)
    try:
        # Every value is text: YAML's own dates and numbers would be read in its way, not SSSOM's.
        metadata = read_yaml(text, yaml.BaseLoader) or {}
    except yaml.YAMLError as fault:
        mark = fault.problem_mark if isinstance(fault, yaml.MarkedYAMLError) else None
        line = None if mark is None else min(mark.line + 1, len(lines))
        raise InvalidFile(path, "the head is not valid YAML behind `#`", line) from fault
    if not isinstance(metadata, dict) or not all(isinstance(key, str) for key in metadata):
        raise InvalidFile(path, "begin the file with `# key: value` lines", 1)
    return metadata


def _prefixes(path: Path, metadata: Mapping[str, Any]) -> dict[str, str]:
    given = metadata.get("curie_map") or {}
    if not isinstance(given, dict):
        raise InvalidFile(path, "`curie_map` in the head must be prefix: IRI", 1)
    for prefix, iri in given.items():
        if not isinstance(iri, str) or not _IRI.fullmatch(iri):
            raise InvalidFile(path, f"prefix `{prefix}` in the head must stand for an IRI", 1)
    return {str(prefix): iri for prefix, iri in given.items()}


@dataclass
class _TableReader:
    """Reads the cells of one file, and keeps what is wrong with them."""

    path: Path
    prefixes: dict[str, str]
    faults: list[CellFault] = field(default_factory=list)

    def head(self, metadata: Mapping[str, Any], lines: list[str]) -> dict[str, tuple[str, ...]]:
        """Read what the head says of all mappings."""
        known = {**slots.SET, **slots.PROPAGATED}
        values = {}
        for key, value in metadata.items():
            line = _line_of(key, lines)
            if key in known:
                texts = [str(each) for each in (value if isinstance(value, list) else [value])]
                values[key] = tuple(sorted(self._values(known[key], texts, line, 1)))
            elif key != "curie_map":
                self._fault("mapping-syntax", f"`{key}` is not a supported key of SSSOM.", line)
        for key in ("mapping_set_id", "license"):
            if not values.get(key):
                self._fault("mapping-syntax", f"The head lacks `{key}`, which SSSOM demands.", 1)
        return values

    def table(self, lines: list[str], before: int, propagated: Values) -> Iterator[MappingRow]:
        """Read the rows; those that cannot be understood become faults."""
        rows = csv.reader(io.StringIO("".join(lines), newline=""), dialect="excel-tab")
        header = next(rows, None)
        if header is None or any(name not in header for name in slots.REQUIRED):
            raise InvalidFile(
                self.path, f"the table needs the columns {', '.join(slots.REQUIRED)}", before + 1
            )
        self._check_header(header, before + 1)
        end = rows.line_num
        for cells in rows:
            line, end = before + end + 1, rows.line_num
            if not any(cells):
                continue
            if len(cells) != len(header):
                wrong = f"The row has {len(cells)} cells, but the table {len(header)} columns."
                self._fault("mapping-syntax", wrong, line)
                continue
            columns = _columns(lines[line - before - 1], header)
            values = self._row(dict(zip(header, cells, strict=True)), line, columns)
            if values is not None:
                yield MappingRow({**propagated, **values}, line, columns)

    def _row(
        self, cells: Mapping[str, str], line: int, columns: Mapping[str, int]
    ) -> Values | None:
        values = {}
        before = len(self.faults)
        for name, cell in cells.items():
            slot = slots.ROW.get(name)
            if slot is None or not cell.strip():
                continue
            texts = _BAR.split(cell) if slot.many else [cell]
            texts = [text.replace("\\|", "|") for text in texts] if slot.many else texts
            values[name] = tuple(sorted(self._values(slot, texts, line, columns[name])))
        return values if len(self.faults) == before else None

    def _values(
        self, slot: slots.SssomSlot, texts: list[str], line: int, column: int
    ) -> Iterator[str]:
        """Bring the values of a slot into their one form."""
        for text in texts:
            try:
                yield self._value(slot.kind, text.strip())
            except ValueError as fault:
                slug = "mapping-identifier" if slot.kind == slots.ID else "mapping-value"
                self._fault(slug, f"{slot.name}: {fault}", line, column)

    def _value(self, kind: str, text: str) -> str:
        if kind == slots.ID:
            return self._expand(text)
        if kind == slots.ADDRESS and not _IRI.fullmatch(text):
            raise ValueError(f"{text!r} is not an IRI.")
        if kind == slots.DATE:
            return _date(text)
        if kind == slots.NUMBER:
            return _number(text)
        if kind == slots.MODIFIER and text != NOT:
            raise ValueError(f"{text!r} is not {NOT}, the one word that may stand here.")
        return text

    def _expand(self, curie: str) -> str:
        prefix, colon, local = curie.partition(":")
        if not colon or not local:
            raise ValueError(f"{curie!r} is not a prefix, a colon and a name.")
        if prefix not in self.prefixes:
            raise ValueError(f"prefix {prefix!r} is not declared in `curie_map`.")
        iri = f"{self.prefixes[prefix]}{local}"
        if not _IRI.fullmatch(iri):
            raise ValueError(f"{curie!r} does not make an IRI.")
        return iri

    def _check_header(self, header: list[str], line: int) -> None:
        for name in header:
            if name not in slots.ROW:
                self._fault("mapping-syntax", f"{name!r} is not a supported column of SSSOM.", line)
        if len(set(header)) != len(header):
            self._fault("mapping-syntax", "A column occurs twice in the table.", line)

    def _fault(self, slug: str, message: str, line: int, column: int = 1) -> None:
        self.faults.append(CellFault(slug, message, line, column))


def _line_of(key: str, lines: list[str]) -> int:
    pattern = re.compile(rf"#\s*{re.escape(key)}\s*:")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 1)


def _columns(line: str, header: list[str]) -> dict[str, int]:
    """Tell where on its line each cell begins; at 1, where quotes hide it."""
    starts, at = [], 1
    for cell in line.split("\t"):
        starts.append(at)
        at += len(cell) + 1
    if len(starts) != len(header):
        starts = [1] * len(header)
    return dict(zip(header, starts, strict=True))


def _date(text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError as fault:
        raise ValueError(f"{text!r} is not a date such as 2022-10-04.") from fault
    if found > date.today():
        raise ValueError(f"{text} is in the future.")
    return found.isoformat()


def _number(text: str) -> str:
    try:
        number = float(text)
    except ValueError as fault:
        raise ValueError(f"{text!r} is not a number.") from fault
    if not 0 <= number <= 1:
        raise ValueError(f"{text} is not between 0 and 1.")
    return f"{number:g}"


def _order(row: Values) -> tuple[tuple[str, ...], ...]:
    slots_of_key = ("subject_id", "predicate_id", "predicate_modifier", "object_id")
    return tuple(row.get(name, ()) for name in slots_of_key)


def _shared(rows: list[Values]) -> dict[str, tuple[str, ...]]:
    """Find the values that all rows have, of the slots that may stand in the head."""
    first = rows[0] if rows else {}
    return {
        name: first[name]
        for name in slots.PROPAGATED
        if name in first and all(row.get(name) == first[name] for row in rows)
    }


def _write_row(row: Values, prefixes: Mapping[str, str], shared: Values) -> dict[str, str]:
    return {
        name: "|".join(_cell(slots.ROW[name], value, prefixes) for value in values)
        for name, values in row.items()
        if name not in shared
    }


def _cell(slot: slots.SssomSlot, value: str, prefixes: Mapping[str, str]) -> str:
    text = shorten(value, prefixes) if slot.kind == slots.ID else value
    return text.replace("|", "\\|") if slot.many else text


def _write_metadata(found: MappingSet, shared: Values) -> Iterable[str]:
    """Write the head, as YAML behind marks; strings in quotes are JSON's, which YAML reads."""
    for name, slot in {**slots.SET, **slots.PROPAGATED}.items():
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


def _scalar(slot: slots.SssomSlot, value: str, prefixes: Mapping[str, str]) -> str:
    text = shorten(value, prefixes) if slot.kind == slots.ID else value
    return json.dumps(text, ensure_ascii=False)
