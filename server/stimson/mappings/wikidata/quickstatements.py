"""Write what Wikidata lacks as QuickStatements V1 (https://www.wikidata.org/wiki/Help:QuickStatements).

Only what nobody disputes: names, codes, document symbols. A statement comes with the address
of a source; a label cannot have one there. What may not or should not go there is counted,
with the reason. Nothing is sent anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from ... import names
from ...rdf import Index, named
from .. import MappingSet
from . import CODES, LANGUAGES, PROPERTIES, WikidataItem, own_data
from .item_graph import WikidataReading

_SOURCE, _URL = named("dcterms:source"), named("schema:url")
_LICENCE, _RIGHTS = named("dcterms:license"), named("dcterms:rights")
_IDENTIFIER, _ISSUED_BY = named("dcterms:identifier"), named("st:issuedBy")
_UNITED_NATIONS = tuple(
    f"{names.ID}organization/united-nations-{body}"
    for body in ("general-assembly", "security-council")
)
# What Wikidata, which gives everything away, may take over without a condition.
_FREE = {
    "https://creativecommons.org/publicdomain/zero/1.0/",
    "https://creativecommons.org/publicdomain/mark/1.0/",
    "https://opendatacommons.org/licenses/pddl/1-0/",
}
_DISPUTED = (named("st:placed"), named("st:purportedTerritory"))

NO_SOURCE = "no cited source has an address and comes without conditions"
CONTESTED = (
    "the country of a place, what it lies in and who claims it are contested here: they stand "
    "as placements, claims and stances of those who hold them"
)
DESCRIPTIONS = "their labels describe them and are not names"
UNWRITABLE = "the text holds a character that the format cannot hold"
POINTS = "coordinates come from a source with conditions, or are outlines"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something Wikidata lacks that is not given to it, and why."""

    thing: str
    what: str
    why: str


Command = str


class QuickStatements:
    """Compares what Wikidata said with our data, for what it lacks."""

    def __init__(self, index: Index, sets: list[MappingSet], reading: WikidataReading) -> None:
        self._index, self._reading = index, reading
        self._same = own_data.exact_pairs(sets)

    def lines(self) -> Iterator[Command | LeftOut]:
        """Write the commands, item by item, and what is left out."""
        same = sorted(self._same, key=lambda pair: int(pair[1][1:]))
        for thing, item in self._reading.found(same):
            for look in (self._labels, self._codes, self._symbols, self._point):
                yield from look(thing, item)
            yield from self._disputes(thing)

    def _labels(self, thing: str, item: WikidataItem) -> Iterator[Command | LeftOut]:
        lacking = [
            label
            for label in own_data.labels(self._index, thing)
            if label.language in LANGUAGES and label.language not in item.labels
        ]
        if lacking and not own_data.is_named(self._index, thing):
            yield LeftOut(thing, "label", DESCRIPTIONS)
            return
        for label in lacking:
            yield self._command(thing, (item.id, f"L{label.language}"), label.value, "label", "")

    def _codes(self, thing: str, item: WikidataItem) -> Iterator[Command | LeftOut]:
        for name, number in CODES.items():
            for code in self._index.objects(ox.NamedNode(thing), named(name)):
                if not any(item.of(number)):
                    yield self._statement(thing, item, number, code.value)

    def _symbols(self, thing: str, item: WikidataItem) -> Iterator[Command | LeftOut]:
        """Give documents of the United Nations the symbols by which they are cited."""
        issuers = {each.value for each in self._index.objects(ox.NamedNode(thing), _ISSUED_BY)}
        symbol = self._index.value(ox.NamedNode(thing), _IDENTIFIER)
        is_document = symbol is not None and not issuers.isdisjoint(_UNITED_NATIONS)
        if symbol is not None and is_document and not any(item.of("P3069")):
            yield self._statement(thing, item, "P3069", symbol.value)

    def _point(self, thing: str, item: WikidataItem) -> Iterator[LeftOut]:
        if own_data.geometry(self._index, thing) is not None and not any(item.of("P625")):
            yield LeftOut(thing, PROPERTIES["P625"], POINTS)

    def _disputes(self, thing: str) -> Iterator[LeftOut]:
        node = ox.NamedNode(thing)
        if any(self._index.subjects(predicate, node) for predicate in _DISPUTED):
            yield LeftOut(thing, "country and claims", CONTESTED)

    def _statement(
        self, thing: str, item: WikidataItem, number: str, value: str
    ) -> Command | LeftOut:
        what = PROPERTIES[number]
        source = self._source(thing)
        if source is None:
            return LeftOut(thing, what, NO_SOURCE)
        return self._command(thing, (item.id, number), value, what, f'\tS854\t"{source}"')

    def _source(self, thing: str) -> str | None:
        """Find the address of the first source cited that anybody may take from."""
        for source in self._index.objects(ox.NamedNode(thing), _SOURCE):
            url = self._index.value(source, _URL)
            licence = self._index.value(source, _LICENCE)
            is_free = licence is None or licence.value in _FREE
            has_terms = self._index.value(source, _RIGHTS) is not None
            if url is not None and is_free and not has_terms and _fits(url.value):
                return url.value
        return None

    def _command(
        self, thing: str, head: tuple[str, str], value: str, what: str, reference: str
    ) -> Command | LeftOut:
        if not _fits(value):
            return LeftOut(thing, what, UNWRITABLE)
        return "\t".join((*head, f'"{value}"')) + reference


def _fits(text: str) -> bool:
    """Tell whether a text can stand in quotes: the format knows no escapes, and ends at ``|``."""
    return not set(text) & set('"\u201c\u201d|\t\r\n') and "/*" not in text
