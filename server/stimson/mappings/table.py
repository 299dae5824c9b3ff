"""Count, class by class, what is mapped to Wikidata."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from .. import names
from ..rdf import Index, named
from . import MappingSet

_TYPE = named("rdf:type")
_WIKIDATA = names.PREFIXES["wd"]


def rows(sets: Iterable[MappingSet], index: Index) -> Iterator[tuple[str, ...]]:
    """Give a row for each class of which something is mapped or denied to be an item.

    Its cells are the class, and the number of its things: all of them; those with an exact
    item; those with another; those with none; and those of which it is said what they are not.
    """
    exact, close, denied = set[str](), set[str](), set[str]()
    for found in sets:
        for record in found.records:
            if record.object.startswith(_WIKIDATA):
                among = denied if record.negated else exact if record.is_exact else close
                among.add(record.subject)
    things: dict[str, set[str]] = {}
    for thing in exact | close | denied:
        for kind in index.objects(ox.NamedNode(thing), _TYPE):
            things[kind.value] = {each.value for each in index.subjects(_TYPE, kind)}
    for name, members in sorted(things.items()):
        numbers = (
            len(members),
            len(members & exact),
            len(members & close - exact),
            len(members - exact - close),
            len(members & denied),
        )
        yield names.shorten(name), *map(str, numbers)
