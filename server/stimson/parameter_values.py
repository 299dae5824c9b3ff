"""What a parameter of a saved query may be: the values that the graph holds, found by any name.

A value is given as an IRI, as a prefixed name, or as the name of the thing in any language
and spelling that the graph has. One that the graph does not hold is refused, with what was
probably meant: a query for it would have no rows, which reads as an answer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rapidfuzz import fuzz, process

from . import names
from .errors import UnknownValue
from .queries import Parameter, SavedQuery

Ask = Callable[[str], Iterable[Mapping[str, str]]]  # runs a SELECT; a row holds what is bound
_CHECKED = ("iri", "concept")
_OFFERED = 5
_LOOKED = 20  # names and words that are looked at
_ALIKE = 70  # of 100
_SHORT = 4  # letters; shorter words are in too many names
_NAMES = 50_000  # names of the values of one parameter that are read
_KINDS = " | ".join(
    f"<{names.expand(each)}>"
    for each in ("rdfs:label", "skos:prefLabel", "skos:altLabel", "st:officialName")
)
_CODES = " | ".join(
    f"<{names.expand(each)}>"
    for each in ("st:iso3166Alpha2", "st:iso3166Alpha3", "st:iso31662Code", "dcterms:identifier")
)


class ParameterValue(NamedTuple):
    """A value to choose: its IRI, its name in English, and the prefixed name to type."""

    iri: str
    label: str

    @property
    def short(self) -> str:
        """The value as one types it."""
        return names.shorten(self.iri).removeprefix("<").removesuffix(">")


@dataclass(slots=True)
class ParameterValues:
    """The values of one kind of parameter, by all their names."""

    labels: dict[str, str] = field(default_factory=dict)  # by IRI
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_word: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def choices(self) -> list[ParameterValue]:
        """List the values by name."""
        found = (ParameterValue(iri, label) for iri, label in self.labels.items())
        return sorted(found, key=lambda each: (each.label.casefold(), each.iri))

    def find(self, text: str) -> frozenset[str]:
        """Find the values that an IRI, a prefixed name or a name stands for."""
        iri = names.expand(text)
        found = {iri} if iri in self.labels else self.by_name.get(text.casefold(), ())
        return frozenset(found)

    def near(self, text: str) -> list[ParameterValue]:
        """Find the values with names, or words in them, that are most like `text`."""
        asked = text.rpartition(":")[2].replace("-", " ").casefold()
        keys = list(self.by_name | self.by_word)
        alike = process.extract(asked, keys, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_LOOKED)
        found = dict.fromkeys(  # those with the whole name before those with a word in theirs
            iri
            for key, *_ in alike
            for owners in (self.by_name, self.by_word)
            for iri in sorted(owners.get(key, ()))
        )
        return [ParameterValue(iri, self.labels[iri]) for iri in found][:_OFFERED]


def read_values(parameter: Parameter, ask: Ask) -> ParameterValues:
    """Read the values that a parameter may take: those of its class, or of its scheme."""
    values = ParameterValues()
    for row in ask(_pattern(parameter)):
        iri, name = row["value"], row["name"]
        values.by_name[name.casefold()].add(iri)
        if row.get("language", "en") == "en" or iri not in values.labels:
            values.labels[iri] = name
    for iri in values.labels:
        values.by_name[iri.rpartition("/")[2].rpartition("#")[2].replace("-", " ")].add(iri)
    for name, owners in values.by_name.items():
        for word in name.split():
            if len(word) >= _SHORT:
                values.by_word[word] |= owners
    return values


def is_checked(parameter: Parameter) -> bool:
    """Tell whether only certain values make sense for a parameter."""
    return parameter.type in _CHECKED and bool(parameter.of)


def resolve(parameter: Parameter, text: str, values: ParameterValues) -> str:
    """Find the value that `text` stands for, or raise `UnknownValue` with what may be meant."""
    found = values.find(text)
    if len(found) == 1:
        return next(iter(found))
    if found:
        meant = [ParameterValue(iri, values.labels[iri]) for iri in sorted(found)]
        raise UnknownValue(_said(f"{parameter.name}={text!r} may be", meant), meant, parameter.name)
    meant = values.near(text)
    kind = f"{'concept of ' if parameter.type == 'concept' else ''}{parameter.of}"
    problem = f"{parameter.name}={text!r}: the graph holds no {kind} of this name"
    said = _said(f"{problem}; did you mean", meant) if meant else f"{problem}."
    raise UnknownValue(said, meant, parameter.name)


def resolve_all(
    saved: SavedQuery, given: Mapping[str, str], of: Callable[[Parameter], ParameterValues]
) -> dict[str, str]:
    """Resolve the values given for the parameters of a query; the others are left as they are."""
    parameters = {each.name: each for each in saved.parameters}
    return {
        name: resolve(parameters[name], text, of(parameters[name]))
        if text and name in parameters and is_checked(parameters[name])
        else text
        for name, text in given.items()
    }


def _said(problem: str, meant: list[ParameterValue]) -> str:
    return f"{problem} {' or '.join(f'{each.short} ({each.label})' for each in meant)}?"


def _pattern(parameter: Parameter) -> str:
    kind = "skos:inScheme" if parameter.type == "concept" else "rdf:type"
    mention, printed = (f"<{names.expand(each)}>" for each in ("st:mentionOf", "st:nameAsPrinted"))
    return f"""SELECT ?value ?name (LANG(?text) AS ?language) WHERE {{
  ?value <{names.expand(kind)}> <{names.expand(parameter.of)}> .
  {{ ?value {_KINDS} ?text }}
  UNION {{ ?value {_CODES} ?code BIND(STRLANG(STR(?code), "zxx") AS ?text) }}
  UNION {{
    ?mention {mention} ?value ; {printed} ?spelt
    BIND(STRLANG(STR(?spelt), "mis") AS ?text)
  }}
  FILTER(isIRI(?value))
  BIND(STR(?text) AS ?name)
}} LIMIT {_NAMES}"""
