"""Read what a client sends: reconciliation queries and data extensions, version 0.2.

Sizes are bounded, and whatever is not of the shape that the specification gives is refused
with a sentence that says where.
"""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from ..errors import InvalidReconciliation, ReconciliationTooLarge

BATCH = 50  # queries in a batch; things in a data extension
LENGTH = 256  # characters of a name or value
LIMIT = 25  # candidates at most
DEFAULT_LIMIT = 5
PROPERTIES = 20  # of a query or of an extension
VALUES = 20  # of all properties of a query
TYPES = 20
BODY_KB = 256
_KEY = 256
STRICT = ("should", "any", "all")
_FIELDS = frozenset({"query", "type", "limit", "properties", "type_strict"})


@dataclass(frozen=True, slots=True)
class GivenValue:
    """A value given as evidence: a text, or the identifier of a thing."""

    text: str
    is_id: bool = False


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """One reconciliation query."""

    text: str = ""
    types: tuple[str, ...] = ()
    strict: str = "should"
    limit: int = DEFAULT_LIMIT
    properties: tuple[tuple[str, tuple[GivenValue, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class WantedProperty:
    """A property to extend with, and how much of it."""

    id: str
    limit: int = 0  # 0 for all values
    language: str = ""  # empty for any


@dataclass(frozen=True, slots=True)
class DataExtension:
    """A data extension query."""

    ids: tuple[str, ...]
    properties: tuple[WantedProperty, ...]


def read_json(text: str) -> Any:
    """Read JSON, or raise `InvalidReconciliation`."""
    if len(text.encode("utf-8", "surrogatepass")) > BODY_KB * 1024:
        raise ReconciliationTooLarge(f"A batch may have {BODY_KB} KiB: send smaller ones.")
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError as fault:
        raise InvalidReconciliation("The JSON is nested too deeply.") from fault
    except ValueError as fault:  # numbers of thousands of digits, too
        raise InvalidReconciliation(f"This is not JSON: {fault}.") from fault


def read_batch(text: str) -> dict[str, ReconciliationQuery]:
    """Read a batch of queries."""
    batch = _object(read_json(text), "The batch")
    if len(batch) > BATCH:
        raise ReconciliationTooLarge(f"A batch may have {BATCH} queries: send smaller ones.")
    for key in batch:
        read_text(key, "The key of a query", _KEY)
    return {key: read_query(value, f"The query {key!r}") for key, value in batch.items()}


def read_query(value: Any, where: str) -> ReconciliationQuery:
    """Read one query."""
    found = _object(value, where)
    if unknown := sorted(found.keys() - _FIELDS):
        _refuse(f"{where} has a field {unknown[0]!r}, which version 0.2 does not define.")
    query = ReconciliationQuery(
        text=_string(found.get("query", ""), f"{where}, `query`"),
        types=_types(found.get("type", []), where),
        strict=_strict(found.get("type_strict", "should"), where),
        limit=min(LIMIT, _positive(found.get("limit", DEFAULT_LIMIT), f"{where}, `limit`")),
        properties=_properties(found.get("properties", []), where),
    )
    if not query.text.strip() and not query.properties:
        _refuse(f"{where} needs a `query` that is not empty, or `properties`.")
    return query


def read_extension(text: str) -> DataExtension:
    """Read a data extension query."""
    found = _object(read_json(text), "The extension")
    ids = _list(found.get("ids"), "The extension, `ids`", BATCH)
    wanted = _list(found.get("properties"), "The extension, `properties`", PROPERTIES)
    return DataExtension(
        tuple(_string(id, "An identifier in `ids`") for id in ids),
        tuple(_wanted(each) for each in wanted),
    )


def _wanted(value: Any) -> WantedProperty:
    where = "A property of the extension"
    found = _object(value, where)
    settings = _object(found.get("settings") or {}, f"{where}, `settings`")
    limit = settings.get("limit", 0)
    return WantedProperty(
        _string(found.get("id"), f"{where}, `id`"),
        # Forms send a number as the text that was typed.
        read_count(limit, f"{where}, `limit`"),
        _string(settings.get("language", ""), f"{where}, `language`"),
    )


def _properties(value: Any, where: str) -> tuple[tuple[str, tuple[GivenValue, ...]], ...]:
    found: list[tuple[str, tuple[GivenValue, ...]]] = []
    left = VALUES
    for each in _list(value, f"{where}, `properties`", PROPERTIES):
        one = _object(each, f"{where}, a property")
        if "v" not in one:
            _refuse(f"{where}, a property needs `pid` and `v`.")
        values = one["v"] if isinstance(one["v"], list) else [one["v"]]
        given = _list(values, f"{where}, `v`", VALUES)
        left -= len(given)
        pid = _string(one.get("pid"), f"{where}, `pid`")
        found.append((pid, tuple(_given(value, where) for value in given)))
    if left < 0:
        raise ReconciliationTooLarge(f"{where} may have {VALUES} values in all `properties`.")
    return tuple(found)


def _given(value: Any, where: str) -> GivenValue:
    if isinstance(value, dict):
        return GivenValue(_string(value.get("id"), f"{where}, `id` of a value"), is_id=True)
    if isinstance(value, bool):
        return GivenValue(str(value).lower())
    if isinstance(value, int | float):
        return GivenValue(
            read_text(f"{value:g}" if isinstance(value, float) else str(value), where)
        )
    return GivenValue(_string(value, f"{where}, a value"))


def _types(value: Any, where: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str | dict) else value
    return tuple(
        _type(each, where) for each in _list(values, f"{where}, `type`", TYPES) if each != ""
    )


def _type(value: Any, where: str) -> str:
    """Read a type by its identifier; some clients send it with its name."""
    return _string(value.get("id") if isinstance(value, dict) else value, f"{where}, `type`")


def _strict(value: Any, where: str) -> str:
    if value not in STRICT:
        _refuse(f"{where}, `type_strict` must be one of {', '.join(STRICT)}.")
    return str(value)


def _positive(value: Any, where: str) -> int:
    count = read_count(value, where)
    return count if count > 0 else _refuse(f"{where} must be a number above 0.")


def read_count(value: Any, where: str) -> int:
    """Read a number, or the text that a form sends for one; without any digit, it is 0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_text = isinstance(value, str) and value.isascii() and len(value) < 10
    if is_text and (value == "" or value.isdecimal()):
        return int(value or 0)
    if not is_number or not 0 <= value < 2**31:  # no value that is no number passes
        _refuse(f"{where} must be a number that is not negative.")
    return int(value)


def _object(value: Any, where: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else _refuse(f"{where} must be a JSON object.")


def _list(value: Any, where: str, most: int) -> list[Any]:
    found: list[Any] = value if isinstance(value, list) else _refuse(f"{where} must be an array.")
    if len(found) > most:
        raise ReconciliationTooLarge(f"{where} may have {most} members.")
    return found


def _string(value: Any, where: str) -> str:
    return (
        read_text(value, where) if isinstance(value, str) else _refuse(f"{where} must be a string.")
    )


def read_text(text: str, where: str, most: int = LENGTH) -> str:
    """Read a text of a client, or raise `ReconciliationTooLarge`."""
    if len(text) > most:
        raise ReconciliationTooLarge(f"{where[:80]} may have {most} characters.")
    return text


def _refuse(problem: str) -> NoReturn:
    raise InvalidReconciliation(problem)


def _no_constant(name: str) -> NoReturn:
    _refuse(f"JSON has no number {name}.")
