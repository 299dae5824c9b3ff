"""Forms for the parameters of saved queries: lists where values are few, else a search.

The values are those of the graph; they are read once for a snapshot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ... import names, parameter_values
from ...parameter_values import ParameterValue, ParameterValues
from ...queries import Parameter, SavedQuery
from ..sparql.quads import solutions
from ..sparql.site import site

_LISTED = 40  # values that a list to choose from may have
_OFFERED = 1000  # that are offered while one types


@dataclass(frozen=True, slots=True)
class FormField:
    """One parameter in the form: what to print, and which values to offer."""

    parameter: Parameter
    value: str  # as one types it
    label: str  # the name of the value
    kind: str  # select, search, date, text
    choices: list[ParameterValue]


def resolve(saved: SavedQuery, given: Mapping[str, str]) -> dict[str, str]:
    """Find the values that the address gives by any name, or raise `UnknownValue`."""
    return parameter_values.resolve_all(saved, given, _values)


def fields(saved: SavedQuery, values: Mapping[str, str]) -> list[FormField]:
    """Make the form of a query whose parameters have these values."""
    return [_field(each, values.get(each.name, "")) for each in saved.parameters]


def _field(parameter: Parameter, value: str) -> FormField:
    if not parameter_values.is_checked(parameter):
        kind = "date" if parameter.type == "date" else "text"
        return FormField(parameter, value, value, kind, [])
    known, value = _values(parameter), names.expand(value)
    choices = known.choices
    kind = "select" if len(choices) <= _LISTED else "search"
    short = ParameterValue(value, "").short if value else ""
    return FormField(parameter, short, known.labels.get(value, short), kind, choices[:_OFFERED])


def _values(parameter: Parameter) -> ParameterValues:
    return _read(site().snapshot.name, parameter.type, parameter.of)


@lru_cache(64)
def _read(_: str, type: str, of: str) -> ParameterValues:
    """Read the values of a class or a scheme, for one snapshot."""
    return parameter_values.read_values(Parameter("", type, of, "", ""), _ask)


def _ask(text: str) -> Iterator[dict[str, str]]:
    for row in solutions(text):
        found = {name: row[name] for name in ("value", "name", "language")}
        yield {name: term.value for name, term in found.items() if term is not None}
