"""Compare what Wikidata said with our data, and find where the two have drifted apart.

Labels, codes, coordinates and places are compared for exact matches only; what country a
place is in is not compared at all, since our data do not say that in their own voice.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from ... import names
from ...findings import Finding, Rule, Severity, StageRun
from ...rdf import Index, Term, named
from ...rdf.turtle.source_map import SourceMap
from .. import MappingRow, MappingSet
from ..mapping_check import row_finding
from . import CODES, PROPERTIES, WikidataItem, item_id, item_of, own_data
from .item_graph import WikidataReading

_HUMAN = "Q5"
# A page about pages: of a name that several things bear, or with a list of things.
_PAGES = {"Q4167410": "a disambiguation page", "Q13406463": "a list"}
_WITHIN = "P131"
STAGE = StageRun("wikidata", "Wikidata says the same")
_DEMANDS = {
    "wikidata-missing": "An item that is mapped is there.",
    "wikidata-redirect": "A mapping names an item by the identifier that it has now.",
    "wikidata-unread": "An item that is mapped is among those that were fetched.",
    "wikidata-class": "An item that is mapped is of the kind of thing that we take it for.",
    "wikidata-label": "A thing is called the same, in each language.",
    "wikidata-code": "A thing has the same codes.",
    "wikidata-coordinates": "A place is where its item is.",
    "wikidata-hierarchy": "A place lies in what its item lies in.",
}
RULES = {
    f"{names.RULE}{slug}": Rule(f"{names.RULE}{slug}", slug, demand, STAGE.name)
    for slug, demand in _DEMANDS.items()
}


@dataclass(frozen=True)
class Comparison:
    """Our data and mappings, what Wikidata said, and how many kilometres may lie between."""

    index: Index
    sets: list[MappingSet]
    reading: WikidataReading
    places: SourceMap
    kilometres: float = 5.0

    def findings(self) -> Iterator[Finding]:
        """Find where they disagree."""
        for found in self.sets:
            for row in found.rows:
                if id_ := item_id(row.object):
                    yield from self._item(found.path, row, id_)
        for thing, item in self.reading.found(self._same):
            for look in (self._label, self._code, self._point, self._within, self._class):
                yield from look(thing, item)

    @cached_property
    def _same(self) -> list[tuple[str, str]]:
        return own_data.exact_pairs(self.sets)

    def _item(self, path: Path, row: MappingRow, id_: str) -> Iterator[Finding]:
        """Look whether the item of a mapping is there, under that name."""
        item = self.reading.items.get(id_)
        severity: Severity = "violation"
        if item is None:
            slug, severity = "wikidata-unread", "warning"
            message = f"{id_} was not fetched on {self.reading.day}; pull again."
        elif item.missing:
            slug = "wikidata-missing"
            message = f"{id_} is not there any more; find out what took its place."
        elif item.redirect:
            slug = "wikidata-redirect"
            message = f"{id_} is {item.redirect} now: if that is the same thing, name it so."
        else:
            return
        yield row_finding((path, row), slug, message, "object_id", severity)

    def _label(self, thing: str, item: WikidataItem) -> Iterator[Finding]:
        if not own_data.is_named(self.index, thing):
            return
        labels = list(own_data.labels(self.index, thing))
        for language in sorted({label.language or "" for label in labels}):
            known = [label for label in labels if label.language == language]
            theirs = item.labels.get(language)
            if theirs is None or _plain(theirs) in {_plain(label.value) for label in known}:
                continue
            aliases = {_plain(alias) for alias in item.aliases.get(language, ())}
            for label in known:
                is_alias = _plain(label.value) in aliases
                also = "as another name" if is_alias else "nowhere"
                message = (
                    f"{item.id} is called {theirs!r} in {language}; it has {label.value!r} {also}."
                )
                severity: Severity = "info" if is_alias else "warning"
                yield self._finding(
                    "wikidata-label", severity, message, thing, own_data.LABEL, label
                )

    def _code(self, thing: str, item: WikidataItem) -> Iterator[Finding]:
        for name, number in CODES.items():
            theirs = sorted(each.value.value for each in item.of(number) if each.value is not None)
            for code in self.index.objects(ox.NamedNode(thing), named(name)):
                if theirs and code.value not in theirs:
                    found = ", ".join(theirs)
                    message = (
                        f"{item.id} has {found} as its {PROPERTIES[number]} ({number}), "
                        f"not {code.value}; find out which is right."
                    )
                    yield self._finding(
                        "wikidata-code", "violation", message, thing, named(name), code
                    )

    def _point(self, thing: str, item: WikidataItem) -> Iterator[Finding]:
        shape = own_data.geometry(self.index, thing)
        outline = [] if shape is None else own_data.outline(self.index, shape)
        theirs = [
            point
            for each in item.best("P625")
            if each.value is not None
            for point in own_data.points(each.value.value)
        ]
        if shape is None or not outline or not theirs:
            return
        far = min(own_data.distance(outline, point) for point in theirs)
        if far > self.kilometres:
            message = (
                f"{item.id} is {far:.0f} km away from where the place is here; "
                f"{self.kilometres:g} km are let pass."
            )
            yield self._finding(
                "wikidata-coordinates", "warning", message, shape.value, named("geo:asWKT"), None
            )

    def _within(self, thing: str, item: WikidataItem) -> Iterator[Finding]:
        same = dict(self._same)
        for whole in self.index.objects(ox.NamedNode(thing), own_data.LOCATED):
            wanted = same.get(whole.value)
            if wanted is None or not item.best(_WITHIN):
                continue
            above, is_complete = self._above(item)
            if is_complete and wanted not in above:
                message = (
                    f"{item.id} does not lie in {wanted} by {_WITHIN}, as the place does here "
                    f"in {names.shorten(whole.value)}."
                )
                yield self._finding(
                    "wikidata-hierarchy", "warning", message, thing, own_data.LOCATED, whole
                )

    def _above(self, item: WikidataItem) -> tuple[set[str], bool]:
        """List what an item lies in, and tell whether all of that was fetched."""
        found: set[str] = set()
        waiting, is_complete = sorted(item.items(_WITHIN)), True
        while waiting:
            id_ = waiting.pop()
            if id_ in found:
                continue
            found.add(id_)
            above = self.reading.items.get(id_)
            if above is None:
                is_complete = False
            elif above.redirect:
                waiting.append(above.redirect)
            else:
                waiting += sorted(above.items(_WITHIN))
        return found, is_complete

    def _class(self, thing: str, item: WikidataItem) -> Iterator[Finding]:
        kinds = {item_of(each.value) for each in item.best("P31")}
        page = next((_PAGES[kind] for kind in sorted(kinds) if kind in _PAGES), None)
        is_person = f"{names.ST}Person" in own_data.classes(self.index, thing)
        if page is not None:
            message = f"{item.id} is {page}, not a thing; map to what is meant."
        elif kinds and (_HUMAN in kinds) != is_person:
            what = "not a person, as it is here" if is_person else "a person, which it is not here"
            message = f"{item.id} is {what}."
        else:
            return
        yield self._finding("wikidata-class", "warning", message, thing, named("rdf:type"), None)

    def _finding(
        self,
        slug: str,
        severity: Severity,
        message: str,
        thing: str,
        path: ox.NamedNode,
        value: Term | None,
    ) -> Finding:
        focus = ox.NamedNode(thing)
        return self.places.finding(f"{names.RULE}{slug}", severity, message, focus, path, value)


def _plain(text: str) -> str:
    """Bring a name into the form in which names are compared: no case, one form of accents."""
    return unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'")
