"""What a thing of a class carries: slots, joined from the domains of the ontology and the shapes.

The ontology says what a property relates; the shapes say of which class a thing has it, how
often, and with which values. Read apart, neither draws the picture.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, RDFS, SH, SKOS, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from stimson import names

from .ontology import Ontology, read, short

_DATATYPES = {"rdf:langString": "text"}
_NOT_SLOTS = {RDF.type, RDFS.label}


@dataclass(frozen=True, slots=True)
class Slot:
    """A property as a class has it: how often, with things of which classes or which values."""

    path: str
    classes: tuple[str, ...]
    values: tuple[str, ...]
    least: int
    most: int | None

    @property
    def count(self) -> str:
        """Write the multiplicity as in UML."""
        if self.least == self.most:
            return str(self.least)
        return f"{self.least}..{'*' if self.most is None else self.most}"


class Slots:
    """The slots of every class."""

    def __init__(self, ontology: Ontology, folder: Path) -> None:
        self._ontology = ontology
        self._graph = read(folder.glob("*.ttl"))
        terms = ontology.terms.values()
        self._of = {term.name: self._find(term.name) for term in terms if term.kind == "class"}

    def of(self, name: str) -> list[Slot]:
        """List the slots of a class itself, those of its superclasses left out."""
        return self._of[name]

    def _find(self, name: str) -> list[Slot]:
        shapes = list(self._property_shapes(SH.targetClass, URIRef(names.expand(name))))
        paths = {path for shape in shapes if (path := self._path(shape))}
        for own in self._own_properties(name):
            # What only those must have that have this property is drawn if nothing else is said.
            more = self._property_shapes(SH.targetSubjectsOf, own)
            shapes += [shape for shape in more if self._path(shape) not in {None, *paths}]
        paths |= {path for shape in shapes if (path := self._path(shape))}
        for path in [path for path in paths if self._bounds(path, shapes)[0]]:
            # Who has this has what its shape demands of it: a date has a basis.
            more = list(self._property_shapes(SH.targetSubjectsOf, path))
            shapes += more
            paths |= {path for shape in more if (path := self._path(shape))}
        known = {short(path): path for path in paths - _NOT_SLOTS}
        domains = {
            term.name for term in self._ontology.terms.values() if name in term.named("domain")
        }
        slots = [self._slot(one, known.get(one), shapes) for one in sorted({*known, *domains})]
        return [slot for slot in slots if slot.most != 0]

    def _own_properties(self, name: str) -> list[URIRef]:
        terms = self._ontology.terms.values()
        return [URIRef(names.expand(term.name)) for term in terms if name in term.named("domain")]

    def _slot(self, name: str, path: Node | None, shapes: list[Node]) -> Slot:
        term = self._ontology.terms.get(name)
        ranges = term.named("range") if term else []
        if path is None:
            return self._joined(name, ranges, (0, None))
        least, _ = self._bounds(path, shapes)
        # What holds of all who have the property holds here too, but not that they have it.
        shapes = [*shapes, *self._property_shapes(SH.targetSubjectsOf, path)]
        _, most = self._bounds(path, shapes)
        described = [shape for shape in shapes if self._path(shape) == path]
        values = [*self._schemes(path, shapes), *self._values(described)]
        return self._joined(name, values or ranges, (least, most))

    def _joined(self, name: str, values: list[str], bounds: tuple[int, int | None]) -> Slot:
        """Sort the values of a slot into classes and others."""
        found = set(values)
        vocabularies = {value for value in found if value.startswith("stv:")}
        datatypes = {value for value in found if value.startswith(("xsd:", "rdf:"))}
        classes = found - vocabularies - datatypes - {short(SKOS.Concept)}
        plain = {_DATATYPES.get(value, value.removeprefix("xsd:")) for value in datatypes}
        # A vocabulary says more than that it holds concepts.
        words = vocabularies or plain or ({"concept"} if found - classes else set())
        if not classes | words:
            words = {self._unknown(name)}
        return Slot(name, tuple(sorted(classes)), tuple(sorted(words)), *bounds)

    def _unknown(self, name: str) -> str:
        term = self._ontology.terms.get(name)
        return "literal" if term and term.kind == "datatype property" else "anything"

    def _property_shapes(self, target: URIRef, name: Node) -> Iterator[Node]:
        for shape in self._graph.subjects(target, name):
            yield from self._graph.objects(shape, SH.property)

    def _path(self, shape: Node) -> Node | None:
        """Give the property a shape is about, or nothing where it is about a longer path."""
        path = self._graph.value(shape, SH.path)
        return path if isinstance(path, URIRef) else None

    def _bounds(self, path: Node, shapes: list[Node]) -> tuple[int, int | None]:
        described = [shape for shape in shapes if self._path(shape) == path]
        least = self._numbers(described, SH.minCount, SH.qualifiedMinCount)
        most = self._numbers(described, SH.maxCount)
        return max(least, default=0), min(most, default=None)

    def _numbers(self, shapes: Iterable[Node], *keys: URIRef) -> list[int]:
        found = (self._graph.value(shape, key) for shape in shapes for key in keys)
        return [int(number) for number in found if isinstance(number, Literal)]

    def _schemes(self, path: Node, shapes: Iterable[Node]) -> Iterator[str]:
        """Find the vocabularies of a property: shapes name them as path, `skos:inScheme`."""
        for shape in shapes:
            head = self._graph.value(shape, SH.path)
            listed = self._graph.value(shape, SH["in"])
            if head is None or listed is None or (head, RDF.first, path) not in self._graph:
                continue
            if list(Collection(self._graph, head)) == [path, SKOS.inScheme]:
                yield from map(short, Collection(self._graph, listed))

    def _values(self, shapes: Iterable[Node]) -> Iterator[str]:
        graph = self._graph
        for shape in shapes:
            choices = [
                one for head in graph.objects(shape, SH["or"]) for one in Collection(graph, head)
            ]
            for one in (shape, *choices, *graph.objects(shape, SH.qualifiedValueShape)):
                yield from map(short, graph.objects(one, SH["class"]))
                yield from map(short, graph.objects(one, SH.datatype))
                if (one, SH.languageIn, None) in graph or (one, SH.uniqueLang, None) in graph:
                    yield "rdf:langString"
