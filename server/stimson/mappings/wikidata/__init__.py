"""Wikidata: what it says of the things that are mapped to it, on a day, beside what we say.

`pull` fetches the items by way of `entity_client` and remembers them, and `item_graph` keeps them:
one file of N-Quads for one day, all in one graph, in the form that Wikidata's own RDF has.
`comparison` holds it against our data (`own_data`), `quickstatements` writes what it lacks.
Nothing of it is ever asserted in our own voice: what Wikidata says stands at its statements, with
their ranks and qualifiers, and the short form without these is not kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from ... import names
from ...rdf import Term

GRAPH = names.WIKIDATA_GRAPH
ENDPOINT = "https://www.wikidata.org/wiki/Special:EntityData/"
LANGUAGES = ("en", "uk", "ru")  # those in which our things are named
# Numbers and names as kif-lib 0.13.0 has them (Apache-2.0, from Wikidata, CC0).
PROPERTIES = {
    "P17": "country",
    "P31": "instance of",
    "P131": "located in the administrative territorial entity",
    "P297": "ISO 3166-1 alpha-2 code",
    "P298": "ISO 3166-1 alpha-3 code",
    "P299": "ISO 3166-1 numeric code",
    "P300": "ISO 3166-2 code",
    "P625": "coordinate location",
    "P1336": "territory claimed by",
    "P1566": "GeoNames ID",
    "P2082": "M49 code",
    "P3069": "UN document symbol",
    "P9435": "KATOTTH ID",
}
# What is in dispute: never written to Wikidata by us, with or without qualifiers.
CONTESTED = ("P17", "P131", "P1336")
# As which property of ours Wikidata has a code.
CODES = {
    "st:iso3166Alpha2": "P297",
    "st:iso3166Alpha3": "P298",
    "st:m49Code": "P2082",
    "st:iso31662Code": "P300",
    "st:geonamesId": "P1566",
    "st:katottgCode": "P9435",
}
RANKS = ("preferred", "normal", "deprecated")  # best first


@dataclass(frozen=True, slots=True)
class ItemStatement:
    """One statement of an item; a value of None is `no value`.

    `qualifiers` are pairs of property and value, in the order of their properties.
    """

    id: str
    property: str
    value: Term | None
    rank: str = "normal"
    qualifiers: tuple[tuple[str, Term | None], ...] = ()


@dataclass(frozen=True, slots=True)
class WikidataItem:
    """An item as it was found: one that is another one now, or is not there, has no more."""

    id: str
    labels: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    statements: tuple[ItemStatement, ...] = ()
    revision: int = 0
    modified: str = ""
    redirect: str = ""
    missing: bool = False

    def of(self, name: str) -> Iterator[ItemStatement]:
        """List the statements with a property that are not deprecated."""
        for statement in self.statements:
            if statement.property == name and statement.rank != "deprecated":
                yield statement

    def best(self, name: str) -> list[ItemStatement]:
        """List the statements of the best rank with a property, as Wikidata reckons it."""
        found = list(self.of(name))
        rank = min((RANKS.index(each.rank) for each in found), default=0)
        return [each for each in found if each.rank == RANKS[rank]]

    def items(self, name: str) -> set[str]:
        """List the items that are values of a property, by their identifiers."""
        return {found for each in self.of(name) if (found := item_of(each.value))}


def item_of(value: Term | None) -> str:
    """Give the identifier of an item; nothing for what is none."""
    return item_id(value.value) if isinstance(value, ox.NamedNode) else ""


def item_id(iri: str) -> str:
    """Give the identifier of the item that an IRI names; nothing if it names none."""
    space = names.PREFIXES["wd"]
    return iri.removeprefix(space) if iri.startswith(f"{space}Q") else ""
