"""Items of Wikidata as RDF, and back; the file of what it said on a day: N-Quads, in sorted lines.

Terms and shapes are those of Wikibase's own RDF
(https://www.mediawiki.org/wiki/Wikibase/Indexing/RDF_Dump_Format), with these differences: there
are no direct claims, so that no value stands without its rank and qualifiers; there are no
references; a date has the precision it is given with; a qualifier without a value is a class
of its statement; and of an item that was not there, the status of the response is kept.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from ... import names
from ...errors import InvalidFile, NothingToRead
from ...files import check_file
from ...rdf import Index, Term, check_file_depth, named
from ...rdf import Statement as Triple
from . import GRAPH, RANKS, ItemStatement, WikidataItem

_BASE = "http://www.wikidata.org/"
ENTITY, DATA = names.PREFIXES["wd"], f"{_BASE}wiki/Special:EntityData/"
STATEMENT, PROPERTY = f"{_BASE}entity/statement/", f"{_BASE}prop/"
VALUE, QUALIFIER = f"{_BASE}prop/statement/", f"{_BASE}prop/qualifier/"
NO_VALUE = f"{_BASE}prop/novalue/"
WIKIBASE = "http://wikiba.se/ontology#"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"

_TYPE, _LABEL, _ALIAS = named("rdf:type"), named("rdfs:label"), named("skos:altLabel")
_SAME = named("owl:sameAs")
_RANK = ox.NamedNode(f"{WIKIBASE}rank")
_BEST = ox.NamedNode(f"{WIKIBASE}BestRank")
_ITEM, _STATEMENT = ox.NamedNode(f"{WIKIBASE}Item"), ox.NamedNode(f"{WIKIBASE}Statement")
_RANKS = {rank: ox.NamedNode(f"{WIKIBASE}{rank.capitalize()}Rank") for rank in RANKS}
# Wikidata writes schema.org with http.
_ABOUT, _REVISION, _MODIFIED = (
    ox.NamedNode(f"http://schema.org/{local}") for local in ("about", "version", "dateModified")
)
_STATUS = ox.NamedNode("http://www.w3.org/2011/http#statusCodeValue")
_CREATED = named("dcterms:created")
_GONE = ox.Literal(404)


@dataclass(frozen=True, slots=True)
class WikidataReading:
    """The items that were read on a day."""

    day: date
    items: Mapping[str, WikidataItem]

    def found(self, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, WikidataItem]]:
        """Give the items that are there, of pairs of a thing and an identifier."""
        for thing, id_ in pairs:
            item = self.items.get(id_)
            if item is not None and not (item.missing or item.redirect):
                yield thing, item


def to_quads(items: Iterable[WikidataItem], day: date, source: str) -> Iterator[ox.Quad]:
    """Write items as the graph that is kept for them, and say what it is."""
    graph = ox.NamedNode(GRAPH)
    for triples in (_describe_graph(day, source), *(_describe(item) for item in items)):
        for subject, predicate, value in triples:
            yield ox.Quad(subject, predicate, value, graph)  # type: ignore[arg-type]


def from_index(index: Index) -> dict[str, WikidataItem]:
    """Read the items that a graph holds, by their identifiers."""
    items = {}
    for data in index.subjects_with(_ABOUT):
        id_ = index.objects(data, _ABOUT)[0].value.removeprefix(ENTITY)
        items[id_] = _read(index, id_, data)
    for subject in index.subjects_with(_SAME):
        id_ = subject.value.removeprefix(ENTITY)
        target = index.objects(subject, _SAME)[0].value.removeprefix(ENTITY)
        items[id_] = WikidataItem(id_, redirect=target)
    return dict(sorted(items.items()))


def write_items(path: Path, items: Iterable[WikidataItem], day: date, source: str) -> None:
    """Write items to a file, which is there whole or not at all."""
    text = ox.serialize(to_quads(items, day, source), format=ox.RdfFormat.N_QUADS)
    assert text is not None  # None is for output to a file
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        fresh.write_bytes(b"".join(sorted(set(text.splitlines(keepends=True)))))
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def read_quads(path: Path) -> Iterator[ox.Quad]:
    """Read a file, or raise `InvalidFile` where it says anything but what Wikidata says."""
    graph = ox.NamedNode(GRAPH)
    check_file(path)
    try:
        check_file_depth(path)
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS):
            if quad.graph_name != graph:
                raise InvalidFile(path, f"all its lines must be in the graph <{GRAPH}>")
            if _is_ours(quad.subject):
                raise InvalidFile(path, f"it speaks of {quad.subject}, which is not Wikidata's")
            yield quad
    except SyntaxError as fault:
        raise InvalidFile(path, "not N-Quads", fault.lineno, fault.offset) from fault
    except OSError as fault:
        raise NothingToRead(f"{path}: {fault.strerror or fault}.") from fault


def read_items(path: Path) -> WikidataReading:
    """Read the items of a file and its day, or raise `InvalidFile`."""
    index = Index(read_quads(path))
    day = index.value(ox.NamedNode(GRAPH), _CREATED)
    if day is None:
        raise InvalidFile(path, "it does not say from which day it is; pull it again")
    return WikidataReading(date.fromisoformat(day.value), from_index(index))


def latest(folder: Path) -> Path:
    """Find the newest file in a folder, or raise `NothingToRead`."""
    found = sorted(folder.glob("wikidata-*.nq"))
    if not found:
        raise NothingToRead(
            f"No reading of Wikidata in {folder}; run `stimson wikidata pull`, or name a file "
            "with --wikidata."
        )
    return found[-1]


def _describe_graph(day: date, source: str) -> Iterator[Triple]:
    graph = ox.NamedNode(GRAPH)
    title = f"What Wikidata says of the things that are mapped to it, as of {day}"
    yield graph, _TYPE, named("void:Dataset")
    yield graph, named("dcterms:title"), ox.Literal(title, language="en")
    yield graph, named("dcterms:license"), ox.NamedNode(CC0)
    yield graph, named("dcterms:source"), ox.NamedNode(source)
    yield graph, _CREATED, ox.Literal(day.isoformat(), datatype=named("xsd:date"))


def _describe(item: WikidataItem) -> Iterator[Triple]:
    subject = ox.NamedNode(f"{ENTITY}{item.id}")
    if item.redirect:
        yield subject, _SAME, ox.NamedNode(f"{ENTITY}{item.redirect}")
        return
    data = ox.NamedNode(f"{DATA}{item.id}")
    yield data, _ABOUT, subject
    if item.missing:
        yield data, _STATUS, _GONE
        return
    yield subject, _TYPE, _ITEM
    yield data, _REVISION, ox.Literal(item.revision)
    yield data, _MODIFIED, ox.Literal(item.modified, datatype=named("xsd:dateTime"))
    for language, text in item.labels.items():
        yield subject, _LABEL, ox.Literal(text, language=language)
    for language, texts in item.aliases.items():
        for text in texts:
            yield subject, _ALIAS, ox.Literal(text, language=language)
    properties = {statement.property for statement in item.statements}
    best = {each.id for name in properties for each in item.best(name)}
    for statement in item.statements:
        yield from _describe_statement(subject, statement, statement.id in best)


def _describe_statement(subject: ox.NamedNode, each: ItemStatement, best: bool) -> Iterator[Triple]:
    # `Q42$F07` is written Q42-F07 in an IRI.
    node = ox.NamedNode(f"{STATEMENT}{each.id.replace('$', '-')}")
    yield subject, ox.NamedNode(f"{PROPERTY}{each.property}"), node
    yield node, _TYPE, _STATEMENT
    if best:
        yield node, _TYPE, _BEST
    yield node, _RANK, _RANKS[each.rank]
    yield _value(node, VALUE, each.property, each.value)
    for name, value in each.qualifiers:
        yield _value(node, QUALIFIER, name, value)


def _value(node: ox.NamedNode, space: str, name: str, value: Term | None) -> Triple:
    if value is None:
        kind = "" if space == VALUE else "qualifier/"
        return node, _TYPE, ox.NamedNode(f"{NO_VALUE}{kind}{name}")
    return node, ox.NamedNode(f"{space}{name}"), value


def _read(index: Index, id_: str, data: Term) -> WikidataItem:
    if (data, _STATUS, _GONE) in index:
        return WikidataItem(id_, missing=True)
    subject = ox.NamedNode(f"{ENTITY}{id_}")
    revision, modified = index.value(data, _REVISION), index.value(data, _MODIFIED)
    aliases: dict[str, tuple[str, ...]] = {}
    for language, text in sorted(_texts(index, subject, _ALIAS)):
        aliases[language] = (*aliases.get(language, ()), text)
    return WikidataItem(
        id_,
        dict(sorted(_texts(index, subject, _LABEL))),
        aliases,
        tuple(sorted(_statements(index, subject), key=lambda each: (each.property, each.id))),
        int(revision.value) if revision is not None else 0,
        modified.value if modified is not None else "",
    )


def _texts(
    index: Index, subject: ox.NamedNode, predicate: ox.NamedNode
) -> Iterator[tuple[str, str]]:
    for value in index.objects(subject, predicate):
        if isinstance(value, ox.Literal):
            yield value.language or "", value.value


def _statements(index: Index, subject: ox.NamedNode) -> Iterator[ItemStatement]:
    for predicate, values in _said_of(index, subject):
        if predicate.startswith(PROPERTY):
            for node in values:
                yield _statement(index, node, predicate.removeprefix(PROPERTY))


def _statement(index: Index, node: Term, name: str) -> ItemStatement:
    value: Term | None = None
    rank, qualifiers = "normal", list[tuple[str, Term | None]]()
    for predicate, values in _said_of(index, node):
        if predicate.startswith(VALUE):
            value = values[0]
        elif predicate.startswith(QUALIFIER):
            qualifiers += ((predicate.removeprefix(QUALIFIER), each) for each in values)
        elif predicate == _RANK.value:
            rank = next(key for key, known in _RANKS.items() if known == values[0])
        elif predicate == _TYPE.value:
            none = f"{NO_VALUE}qualifier/"
            types = (each.value for each in values if each.value.startswith(none))
            qualifiers += ((each.removeprefix(none), None) for each in types)
    local = node.value.removeprefix(STATEMENT)
    ordered = tuple(sorted(qualifiers, key=lambda pair: (pair[0], str(pair[1]))))
    return ItemStatement(local.replace("-", "$", 1), name, value, rank, ordered)


def _said_of(index: Index, subject: Term) -> Iterator[tuple[str, list[Term]]]:
    """List the properties of a subject, with all their values."""
    number = index.number(subject)
    found = index.by_subject.get(-1 if number is None else number, {})
    for predicate, values in found.items():
        yield index.terms[predicate].value, [index.terms[value] for value in values]


def _is_ours(subject: object) -> bool:
    return (
        isinstance(subject, ox.NamedNode)
        and subject.value.startswith(names.BASE)
        and subject.value != GRAPH
    )
