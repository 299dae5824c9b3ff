"""What can be found: the things of a snapshot, with all that is said of them in words.

Whatever is printed elsewhere counts for the thing that one looks for: a name as a source prints
it for the thing it names, the words of a selector for the quotation, those of a quotation for
the statement, and words that are evidence of a stance for that stance.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from .. import names
from ..queries import SavedQuery
from ..reconcile.named_things import CODES, MAPPED
from .thing_kinds import QUERY_KIND, kind_of

LONGEST = 20_000  # characters of one text that are looked into
_LANGUAGES = ("en", "uk", "ru", "")  # the first that a name has is shown
_TITLE = 160  # characters of a title that is made of words
_CALLED = {  # properties of other vocabularies, in the words of a reader
    names.expand(short): label
    for short, label in (
        ("rdfs:label", "other name"),
        ("skos:altLabel", "other name"),
        ("rdfs:comment", "note"),
        ("skos:editorialNote", "note"),
        ("oa:exact", "words quoted"),
    )
}
_INNER_CAPITAL = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])")
_LEFT_OUT_GRAPHS = frozenset(
    (names.META_GRAPH, names.MAPPINGS_GRAPH, names.WIKIDATA_GRAPH, names.RELEASE_GRAPH)
)


class Role(IntEnum):
    """What a text is to the thing that it is found by, the most telling first."""

    NAME = 0
    PRINTED = 1  # a name that a source prints
    CODE = 2
    WORDS = 3  # said by it, or quoted in it
    NOTE = 4


class SearchedText(NamedTuple):
    """One text that a thing is found by."""

    role: Role
    property: str  # an IRI
    language: str
    text: str


@dataclass(slots=True)
class SearchedThing:
    """One thing, as it is written into the index; `type` is the label of its class."""

    iri: str
    kind: int = 0  # its place among the kinds
    title: str = ""
    language: str = ""
    type: str = ""
    texts: dict[SearchedText, None] = field(default_factory=dict)  # in order, each once


def _iris(*short: str) -> frozenset[str]:
    return frozenset(names.expand(each) for each in short)


_NAMES = tuple(
    names.expand(each)
    for each in (
        *("rdfs:label", "skos:prefLabel", "dcterms:title", "st:officialName", "skos:altLabel"),
        *("foaf:name", "schema:name"),
    )
)
_PRINTED, _EXACT, _CITED = map(names.expand, ("st:nameAsPrinted", "oa:exact", "st:citedWords"))
_CODES = _iris(*CODES, "skos:notation")
_MAPPED = _iris(*MAPPED)
_WORDS = _iris(
    *("oa:exact", "st:citedWords", "st:gist", "st:wordsAsPrinted", "st:nameGiven"),
    *("st:figureAsPrinted", "rdfs:comment", "dcterms:description", "dcterms:abstract"),
    *("skos:definition", "schema:description"),
)
_SILENT = _iris(  # neither names nor words: hashes, and what stands around a quotation
    *("st:passageSha256", "st:textSha256", "oa:prefix", "oa:suffix", "dcterms:language"),
    *("sssom:mapping_cardinality", "vann:preferredNamespaceUri", "sh:prefix", "sh:namespace"),
)
_TYPE = names.expand("rdf:type")
_STRINGS = _iris("xsd:string", "rdf:langString")
_MENTION, _SELECTOR, _QUOTES, _EVIDENCE = map(
    names.expand, ("st:mentionOf", "oa:hasSelector", "st:quotes", "st:evidence")
)
_LINKS = frozenset((_MENTION, _SELECTOR, _QUOTES, _EVIDENCE))


def read_things(
    dataset: Path, queries: Mapping[str, SavedQuery]
) -> tuple[list[SearchedThing], dict[str, str]]:
    """Read what can be found in a dataset file, and the saved queries, in the order of kinds.

    Beside them stand the labels of the properties of their texts.
    """
    reader = _Reader()
    for quad in ox.parse(path=str(dataset), format=ox.RdfFormat.N_QUADS, lenient=True):
        reader.read(quad)
    reader.borrow()
    found = [*reader.things(), *map(_of_query, queries.values())]
    properties = {text.property for thing in found for text in thing.texts if text.property}
    labels = {each: reader.label(each) for each in sorted(properties)}
    found.sort(key=lambda each: (each.kind, each.title.casefold(), each.iri))
    return found, labels


class _Reader:
    """Gathers what a file says, statement by statement, then puts it together."""

    def __init__(self) -> None:
        self._found: dict[str, SearchedThing] = {}
        self._types: dict[str, set[str]] = defaultdict(set)
        self._links: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        self._labels: dict[str, str] = {}

    def read(self, quad: ox.Quad) -> None:
        """Note what one statement says, if it has a name and words for it."""
        subject, value, predicate = quad.subject, quad.object, quad.predicate.value
        if not isinstance(subject, ox.NamedNode):
            return
        if isinstance(value, ox.NamedNode) and predicate in _MAPPED:
            code = value.value.rpartition("/")[2]
            self._add(subject.value, SearchedText(Role.CODE, predicate, "", code))
        graph = quad.graph_name
        if isinstance(graph, ox.NamedNode) and graph.value in _LEFT_OUT_GRAPHS:
            return
        if isinstance(value, ox.Literal):
            if value.datatype.value in _STRINGS and predicate not in _SILENT:
                text = SearchedText(
                    _role(predicate), predicate, value.language or "", value.value[:LONGEST]
                )
                self._add(subject.value, text)
        elif isinstance(value, ox.NamedNode):
            if predicate == _TYPE:
                self._thing(subject.value)
                self._types[subject.value].add(value.value)
            elif predicate in _LINKS:
                self._links[predicate][subject.value, value.value] = None

    def borrow(self) -> None:
        """Count for each thing what others print of it, or it quotes."""
        for mention, thing in self._links[_MENTION]:
            self._copy(mention, thing, frozenset((_PRINTED,)), Role.PRINTED)
        exact, quoted = frozenset((_EXACT,)), frozenset((_EXACT, _CITED))
        for link, properties in ((_SELECTOR, exact), (_QUOTES, exact), (_EVIDENCE, quoted)):
            for owner, other in self._links[link]:
                self._copy(other, owner, properties, Role.WORDS)

    def things(self) -> Iterator[SearchedThing]:
        """Complete the things, and give them one after another."""
        counts = Counter(kind for kinds in self._types.values() for kind in kinds)
        for iri, thing in self._found.items():
            kinds = self._types.get(iri, set())
            is_described = any(text.role is not Role.CODE for text in thing.texts)
            if not (kinds or is_described or iri.startswith(names.BASE)):
                continue  # it is only mapped here, as the items of others are
            thing.kind = kind_of(iri, kinds)
            thing.title, thing.language = _title(thing)
            ours = [kind for kind in kinds if kind.startswith(names.ST)]
            narrow = min(ours or kinds, key=lambda each: (counts[each], each), default="")
            thing.type = self.label(narrow) if narrow else ""
            own = _local(iri)
            thing.texts[SearchedText(Role.CODE, "", "", own)] = None
            yield thing

    def label(self, iri: str) -> str:
        """Name a class or property in words."""
        if iri not in self._labels:
            thing = self._found.get(iri)
            ranked = _named(thing.texts) if thing else []
            called = _CALLED.get(iri) or _in_words(_local(iri))
            self._labels[iri] = ranked[0].text if ranked else called
        return self._labels[iri]

    def _thing(self, iri: str) -> SearchedThing:
        return self._found.setdefault(iri, SearchedThing(iri))

    def _add(self, iri: str, text: SearchedText) -> None:
        if text.text.strip():
            self._thing(iri).texts[text] = None

    def _copy(self, start: str, end: str, properties: frozenset[str], role: Role) -> None:
        source = self._found.get(start)
        for text in list(source.texts) if source else ():
            if text.property in properties:
                self._add(end, text._replace(role=role))


def _role(predicate: str) -> Role:
    if predicate in _NAMES:
        return Role.NAME
    if predicate == _PRINTED:
        return Role.PRINTED
    if predicate in _CODES:
        return Role.CODE
    return Role.WORDS if predicate in _WORDS else Role.NOTE


def _named(texts: Iterable[SearchedText]) -> list[SearchedText]:
    """List the names among texts, the one to be shown first."""
    found = [text for text in texts if text.role is Role.NAME]
    return sorted(
        found, key=lambda each: (_NAMES.index(each.property), _rank(each.language), each.text)
    )


def _title(thing: SearchedThing) -> tuple[str, str]:
    """Find what to call a thing, and in which language: by name, else by its words."""
    if ranked := _named(thing.texts):
        return ranked[0].text, ranked[0].language
    for text in thing.texts:
        if text.property in (_PRINTED, _EXACT):
            short = " ".join(text.text.split())
            cut = short if len(short) <= _TITLE else f"{short[:_TITLE].rstrip()}…"
            return f"“{cut}”", text.language
    return names.shorten(thing.iri).removeprefix("<").removesuffix(">"), ""


def _rank(language: str) -> int:
    return _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)


def _local(iri: str) -> str:
    """Take the last part of an IRI; a code is found as it is written there."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]


def _in_words(name: str) -> str:
    """Write the local name of a class or property as words."""
    return _INNER_CAPITAL.sub(lambda found: f" {found[0].lower()}", name)


def _of_query(saved: SavedQuery) -> SearchedThing:
    iri = f"{names.QUERY}{saved.name}"
    thing = SearchedThing(iri, QUERY_KIND, saved.title, "en", "saved question")
    label, comment = _NAMES[0], names.expand("rdfs:comment")
    for text in (
        SearchedText(Role.NAME, label, "en", saved.title),
        SearchedText(Role.WORDS, comment, "en", saved.question),
        *(SearchedText(Role.NOTE, comment, "en", each) for each in saved.columns.values()),
        *(SearchedText(Role.NOTE, comment, "en", each) for each in saved.keywords),
        SearchedText(Role.CODE, "", "", saved.name),
    ):
        thing.texts[text] = None
    return thing
