"""Properties: of one kind each, and used as what they are."""

from collections.abc import Iterator

import pyoxigraph as ox

from ...rdf import Index, Statement, Term, display
from . import owl_terms as owl
from .class_axioms import Expressions, ProfileFault

_ALL = tuple(owl.KINDS)
_LOGICAL = ("object property", "datatype property")


def property_faults(index: Index) -> Iterator[ProfileFault]:
    """Find property axioms that are not within OWL 2 RL, and illegal puns."""
    properties = _Properties(index)
    for triple in index:
        yield from properties.read(triple)


class _Properties(Expressions):
    def __init__(self, index: Index) -> None:
        super().__init__(index)
        self._composite = _composite(index)

    def read(self, at: Statement) -> Iterator[ProfileFault]:
        """Find what is wrong with one triple."""
        subject, path, value = at
        if path == owl.TYPE:
            yield from self._declaration(at)
            yield from self._trait(at)
        elif path in owl.RELATIONS:
            yield from self._relation(at)
        elif path in (owl.CHAIN, owl.HAS_KEY):
            yield from self._list(at)
        elif path == owl.INVERSE:
            yield from self._used(subject, _LOGICAL[:1], at)
            yield from self._used(value, _LOGICAL[:1], at)
        elif path in (owl.DOMAIN, owl.RANGE):
            yield from self._used(subject, _ALL, at)
        elif path == owl.ON_PROPERTY:
            yield from self._used(value, _LOGICAL, at)
            yield from self._counted(at)
        if owl.TOP_DATA in at and not (path == owl.SUB_PROPERTY and subject != owl.TOP_DATA):
            yield ProfileFault(
                at, "owl:topDataProperty can only be above other properties; leave it out."
            )

    def _declaration(self, at: Statement) -> Iterator[ProfileFault]:
        """Find a name that stands for two kinds of thing which OWL keeps apart."""
        subject, _, value = at
        kinds = self._kinds(subject)
        if len(kinds) > 1 and value == owl.KINDS[kinds[-1]]:
            words = " and ".join(_article(kind) for kind in kinds)
            yield ProfileFault(at, f"{display(subject)} cannot be both {words}; choose one.")
        if value == owl.DATATYPE and (subject, owl.TYPE, owl.CLASS) in self._index:
            yield ProfileFault(
                at, f"{display(subject)} cannot be both a class and a datatype; choose one."
            )

    def _trait(self, at: Statement) -> Iterator[ProfileFault]:
        """Find properties that cannot be transitive, functional and so on."""
        subject, _, value = at
        if value == owl.REFLEXIVE:
            yield ProfileFault(
                at, "OWL 2 RL has no reflexive properties; drop owl:ReflexiveProperty."
            )
        if not isinstance(value, ox.NamedNode) or value not in owl.TRAITS:
            return
        wanted = _LOGICAL if value == owl.FUNCTIONAL else _LOGICAL[:1]
        yield from self._used(subject, wanted, at)
        if value in owl.SIMPLE_TRAITS and subject in self._composite:
            yield from self._not_simple(subject, owl.TRAITS[value], at)

    def _relation(self, at: Statement) -> Iterator[ProfileFault]:
        """Find two properties of different kinds, one of them below or equal to the other."""
        subject, path, value = at
        first, second = self._kinds(subject), self._kinds(value)
        wanted = _ALL if path == owl.SUB_PROPERTY else _LOGICAL
        yield from self._used(subject, wanted, at)
        yield from self._used(value, wanted, at)
        if first and second and not set(first) & set(second):
            words = f"{display(subject)}, {_article(first[0])}, cannot be {owl.RELATIONS[path]}"
            yield ProfileFault(at, f"{words} {display(value)}, {_article(second[0])}.")
        if path == owl.DISJOINT_PROPERTY:
            for term in {subject, value} & self._composite:
                yield from self._not_simple(term, "disjoint with another", at)

    def _list(self, at: Statement) -> Iterator[ProfileFault]:
        subject, path, _ = at
        items, broken = self.members(at)
        yield from broken
        is_key = path == owl.HAS_KEY
        for item in items if is_key else [subject, *items]:
            yield from self._used(item, _LOGICAL if is_key else _LOGICAL[:1], at)

    def _counted(self, at: Statement) -> Iterator[ProfileFault]:
        """Find a number set to a property that is transitive or a chain."""
        node, _, value = at
        if value in self._composite and any(self._index.objects(node, path) for path in owl.MAXIMA):
            yield from self._not_simple(value, "limited in number", at)

    def _used(self, term: Term, wanted: tuple[str, ...], at: Statement) -> Iterator[ProfileFault]:
        """Find a property that is used as what it is not, or that is no declared property."""
        if not isinstance(term, ox.NamedNode):
            return  # An inverse, which is looked at where it says so.
        kinds = self._kinds(term)
        if kinds and not set(kinds) & set(wanted):
            choice = " or ".join(_article(kind) for kind in wanted)
            yield ProfileFault(
                at, f"{display(term)} is {_article(kinds[0])}, but {choice} must stand here."
            )
        elif not kinds and self._index.is_subject(term) and not self._is_any(term):
            kind = owl.KINDS[wanted[0]]
            yield ProfileFault(
                at, f"{display(term)} is used as a property; declare it: `a {display(kind)}`."
            )

    def _not_simple(self, term: Term, trait: str, at: Statement) -> Iterator[ProfileFault]:
        why = "is transitive or a chain, or above one that is"
        yield ProfileFault(at, f"{display(term)} {why}, so OWL 2 does not let it be {trait}.")

    def _kinds(self, term: Term) -> list[str]:
        types = self._index.objects(term, owl.TYPE)
        return [kind for kind, iri in owl.KINDS.items() if iri in types]

    def _is_any(self, term: Term) -> bool:
        types = self._index.objects(term, owl.TYPE)
        return owl.PROPERTY in types or not owl.TRAITS.keys().isdisjoint(types)


def _article(kind: str) -> str:
    return f"a {kind}" if kind.startswith("d") else f"an {kind}"


def _composite(index: Index) -> set[Term]:
    """Collect the properties that are transitive or chains, and those above or inverse to them."""
    found: set[Term] = set(index.subjects(owl.TYPE, owl.TRANSITIVE))
    found |= {subject for subject, path, _ in index if path == owl.CHAIN}
    waiting = list(found)
    while waiting:
        term = waiting.pop()
        inverse = [*index.objects(term, owl.INVERSE), *index.subjects(owl.INVERSE, term)]
        new = {*index.objects(term, owl.SUB_PROPERTY), *inverse} - found
        found |= new
        waiting += new
    return found
