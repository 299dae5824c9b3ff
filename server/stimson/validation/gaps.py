"""Gaps: what a scaffold left open (`stimson new`) is filled in before anything is published.

A gap is a term of its own, ``gap:who-spoke``, where a value belongs. Shapes and rules of
logic would find it no fit value; what they say of it only repeats, so it is left out.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

import pyoxigraph as ox

from .. import names
from ..findings import Finding
from ..rdf import Index, Term, display, named
from .context import Context

_RULE = f"{names.RULE}gap"
_SH = names.PREFIXES["sh"]
_PATH, _IN = named("sh:path"), named("sh:in")
_IN_SCHEME, _DEFINITION = named("skos:inScheme"), named("skos:definition")
# What these say of one property may come of a gap in another.
_COMPARING = {
    f"{_SH}{name}ConstraintComponent"
    for name in ("LessThan", "LessThanOrEquals", "Equals", "Disjoint")
}


def check_gaps(context: Context) -> Iterator[Finding]:
    """Find every gap, and say what belongs there."""
    advice = _Advice(context.dataset.index("ontology"), context.dataset.index("shapes"))
    for document in context.dataset.of("data"):
        if not any(_is_gap(triple.object) for triple in document.triples):
            continue  # to make an index takes longer than to look
        for thing, path, value in document.index:
            if isinstance(value, ox.NamedNode) and _is_gap(value):
                asked = value.value.removeprefix(names.GAP).replace("-", " ")
                message = f"Fill in this gap: {asked}.{advice.on(path)}"
                yield context.places.finding(
                    _RULE, "violation", message, thing, path, value, document=document
                )


def without_echoes(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what only repeats that a gap is there."""
    found = list(findings)
    gaps = [finding for finding in found if finding.rule == _RULE]
    places = {(gap.focus, gap.path) for gap in gaps}
    things = {gap.focus for gap in gaps}

    def echoes(finding: Finding) -> bool:
        if finding.rule == _RULE or not gaps:
            return False
        if names.GAP in (finding.value or "") or (finding.focus or "").startswith(names.GAP):
            return True
        whole = finding.path is None or finding.component in _COMPARING
        return (finding.focus, finding.path) in places or (whole and finding.focus in things)

    return [finding for finding in found if not echoes(finding)]


def _is_gap(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(names.GAP)


class _Advice:
    """What ontology and shapes say about the value of a property."""

    def __init__(self, ontology: Index, shapes: Index) -> None:
        self._ontology, self._shapes = ontology, shapes

    def on(self, path: ox.NamedNode) -> str:
        """Say what a property means, or which concepts it takes."""
        if choices := sorted(self._choices(path)):
            return f" Choose from {', '.join(choices)}."
        meanings = self._ontology.objects(path, _DEFINITION)
        english = [each for each in meanings if isinstance(each, ox.Literal)]
        english.sort(key=lambda text: text.language != "en")
        return f" {display(path)}: {english[0].value}." if english else ""

    def _choices(self, path: ox.NamedNode) -> Iterator[str]:
        """List the concepts of the scheme from which a shape takes the property's values."""
        for shape in self._shapes.subjects(named("rdf:type"), named("sh:PropertyShape")):
            if self._path(shape) == [path, _IN_SCHEME]:
                lists = self._shapes.objects(shape, _IN)
                schemes = chain.from_iterable(self._shapes.items(each) for each in lists)
                for scheme in schemes:
                    concepts = self._ontology.subjects(_IN_SCHEME, scheme)
                    yield from (display(concept) for concept in concepts)

    def _path(self, shape: Term) -> list[Term]:
        path = self._shapes.value(shape, _PATH)
        return [] if path is None else self._shapes.items(path)
