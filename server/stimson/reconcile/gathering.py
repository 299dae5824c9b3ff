"""Ask an engine for the things to reconcile against, their names and facts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from .. import names
from ..errors import ReconciliationUnavailable
from .named_things import (
    Catalogue,
    Name,
    Thing,
    ThingProperty,
    Type,
    Value,
    codes_of,
    names_of,
    short,
)

Row = dict[str, dict[str, Any]]
Ask = Callable[[str], list[Row]]

# Records such as claims, votes and mentions have labels, but tables do not name them.
_OFFERED = ("act", "event", "organization", "person", "place", "post", "source", "state")
_KINDS = (*_OFFERED, "territory")
# Steps of acts go by the name of the act; who is not named in any text cannot be found by name.
_LEFT_OUT = frozenset({"st:ActStage", "st:UnidentifiedActor"})
_MOST = 400_000  # facts: beyond that, memory and time of one query would not be bounded any more
_CHUNK = 500
_TYPE = "rdf:type"
_PRINTED = "st:nameAsPrinted"
_LOCATED = "st:locatedIn"
_NOTE = "skos:editorialNote"
_LANGUAGES = ("en", "uk", "ru", "")
_IS_OURS = f'STRSTARTS(STR(?s), "{names.ID}")'
_IS_OFFERED = f'REGEX(STR(?s), "^{names.ID}(?:{"|".join(_KINDS)})/")'

_FACTS = f"""SELECT DISTINCT ?s ?p ?o WHERE {{
  ?s <{names.expand(_TYPE)}> ?c . FILTER({_IS_OURS} && {_IS_OFFERED}) ?s ?p ?o
}} LIMIT {_MOST}"""
_MENTIONS = f"""SELECT DISTINCT ?s ?o WHERE {{
  ?m <{names.ST}mentionOf> ?s ; <{names.ST}nameAsPrinted> ?o
}} LIMIT {_MOST}"""
_BROADER = f"""SELECT DISTINCT ?s ?o WHERE {{
  ?s <{names.expand("rdfs:subClassOf")}> ?o
  FILTER(STRSTARTS(STR(?s), "{names.ST}") && STRSTARTS(STR(?o), "{names.ST}") && ?s != ?o)
}}"""


def gather(ask: Ask) -> Catalogue:
    """Ask for everything, or raise `ReconciliationUnavailable`."""
    facts = _facts(ask)
    labels, definitions = _glossary(ask, facts)
    things = [_thing(iri, said, labels) for iri, said in sorted(facts.items())]
    positions = {thing.id: position for position, thing in enumerate(things)}
    _link(things, positions, labels)
    types = _types(ask, things, labels, definitions)
    for thing in things:
        thing.types = tuple(sorted(thing.types, key=lambda each: (types[each].count, each)))
        thing.description = _describe(thing, types)
    found: list[Name] = []
    codes: dict[str, set[int]] = defaultdict(set)
    for position, thing in enumerate(things):
        found += names_of(position, thing)
        for code in codes_of(thing):
            codes[code].add(position)
    return Catalogue(
        tuple(things),
        tuple(found),
        {code: frozenset(owners) for code, owners in codes.items()},
        types,
        _properties(things, labels, definitions),
    )


def _facts(ask: Ask) -> dict[str, dict[str, list[Value]]]:
    """Ask for what is said of each thing: property to values."""
    rows = ask(_FACTS)
    if len(rows) == _MOST:
        raise ReconciliationUnavailable("This graph has too many entities to reconcile against.")
    facts: dict[str, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        facts[row["s"]["value"]][short(row["p"]["value"])].append(_value(row["o"]))
    kept = {iri: said for iri, said in facts.items() if not _left_out(said)}
    for row in ask(_MENTIONS):
        if row["s"]["value"] in kept:
            kept[row["s"]["value"]][_PRINTED].append(_value(row["o"]))
    return kept


def _left_out(said: dict[str, list[Value]]) -> bool:
    return any(short(value.text) in _LEFT_OUT for value in said[_TYPE])


def _value(term: dict[str, Any]) -> Value:
    return Value(
        term["value"],
        "uri" if term["type"] == "uri" else "literal",
        term.get("xml:lang", ""),
        term.get("datatype", ""),
    )


def _thing(iri: str, said: dict[str, list[Value]], labels: dict[str, str]) -> Thing:
    types = {short(value.text) for value in said.pop(_TYPE)}
    ours = tuple(sorted(each for each in types if each.startswith("st:")))
    for values in said.values():
        values.sort(key=lambda value: (_rank(value.language), value.text))
    id = iri.removeprefix(names.ID)
    return Thing(id, labels.get(iri, id), types=ours, facts=dict(sorted(said.items())))


def _link(things: list[Thing], positions: dict[str, int], labels: dict[str, str]) -> None:
    """Say of each value that is an IRI which thing it is, or else what it is called."""
    for thing in things:
        for pid, values in thing.facts.items():
            thing.facts[pid] = [
                _named(value, positions, labels) if value.kind == "uri" else value
                for value in values
            ]


def _named(value: Value, positions: dict[str, int], labels: dict[str, str]) -> Value:
    id = value.text.removeprefix(names.ID)
    is_thing = id != value.text and id in positions
    return value._replace(id=id if is_thing else None, label=labels.get(value.text, ""))


def _glossary(
    ask: Ask, facts: dict[str, dict[str, list[Value]]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Ask what things, properties, types and values are called, and what they are."""
    iris = set(facts)
    for said in facts.values():
        iris |= {names.expand(pid) for pid in said}
        iris |= {value.text for values in said.values() for value in values if value.kind == "uri"}
    labels = _texts(ask, iris, ("rdfs:label", "skos:prefLabel", "dcterms:title"))
    schema = {iri for iri in iris if iri.startswith(names.ST)}
    return labels, _texts(ask, schema, ("skos:definition",))


def _texts(ask: Ask, iris: Iterable[str], kinds: tuple[str, ...]) -> dict[str, str]:
    """Find one text of each, in the first language that has one."""
    wanted = sorted(iris)
    kind = "|".join(f"<{names.expand(each)}>" for each in kinds)
    best: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), _CHUNK):
        values = " ".join(f"<{iri}>" for iri in wanted[start : start + _CHUNK])
        for row in ask(f"SELECT ?s ?o WHERE {{ VALUES ?s {{ {values} }} ?s {kind} ?o }}"):
            found = (_rank(row["o"].get("xml:lang", "")), row["o"]["value"])
            iri = row["s"]["value"]
            best[iri] = min(best.get(iri, found), found)
    return {iri: text for iri, (_, text) in best.items()}


def _types(
    ask: Ask, things: list[Thing], labels: dict[str, str], definitions: dict[str, str]
) -> dict[str, Type]:
    counts = Counter(each for thing in things for each in thing.types)
    above: dict[str, set[str]] = defaultdict(set)
    for row in ask(_BROADER):
        above[short(row["s"]["value"])].add(short(row["o"]["value"]))
    return {
        id: Type(
            id,
            labels.get(names.expand(id), id),
            definitions.get(names.expand(id), ""),
            tuple(sorted(_direct(above[id] & counts.keys(), above))),
            count,
        )
        for id, count in sorted(counts.items())
    }


def _direct(classes: set[str], above: dict[str, set[str]]) -> set[str]:
    """Leave out what is above another of `classes`: the reasoner states every step."""
    return classes - {higher for each in classes for higher in above[each] if higher != each}


def _properties(
    things: list[Thing], labels: dict[str, str], definitions: dict[str, str]
) -> dict[str, ThingProperty]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for thing in things:
        for pid in thing.facts:
            counts[pid].update(thing.types)
    return {
        pid: ThingProperty(
            pid,
            labels.get(names.expand(pid), pid),
            definitions.get(names.expand(pid), ""),
            dict(found),
        )
        for pid, found in sorted(counts.items())
    }


def _describe(thing: Thing, types: dict[str, Type]) -> str:
    """Say in a line what tells a thing from its namesakes."""
    said = types[thing.types[0]].label if thing.types else ""
    around = [value.label for value in thing.facts.get(_LOCATED, ()) if value.label]
    note = [value.text for value in thing.facts.get(_NOTE, ())]
    return ". ".join([" in ".join([said, *around[:1]]), *note[:1]]).strip(". ")


def _rank(language: str) -> int:
    return _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)
