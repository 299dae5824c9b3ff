"""References: what is used is defined, what was left open is filled in, what is mapped is there.

A gap is a term of its own, ``gap:who-spoke``, that a scaffold (`stimson new`) puts where a
value belongs. Shapes and rules of logic would find it no fit value; what they say of it only
repeats, so it is left out.
"""

import difflib
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

import pyoxigraph as ox

from .. import names
from ..errors import InvalidFile
from ..findings import Finding, Severity
from ..mappings import MappingSet, find_files
from ..mappings.mapping_check import check
from ..mappings.sssom_tsv import read_mappings
from ..rdf import Index, Statement, Term, display, named
from .stages import ValidationContext

_HINTS = 100  # names for which close ones are sought; more are a sign of something else
_GAP = f"{names.RULE}gap"
_SH = names.PREFIXES["sh"]
_PATH, _IN = named("sh:path"), named("sh:in")
_DEPRECATED, _REPLACED_BY = named("owl:deprecated"), named("dcterms:isReplacedBy")
_IN_SCHEME, _DEFINITION = named("skos:inScheme"), named("skos:definition")
# What these say of one property may come of a gap in another.
_COMPARING = {
    f"{_SH}{name}ConstraintComponent"
    for name in ("LessThan", "LessThanOrEquals", "Equals", "Disjoint")
}


def check_references(context: ValidationContext) -> Iterator[Finding]:
    """Find IRIs of the project that are no triple's subject; a term is defined in the ontology."""
    unknown = _unknown(context)
    for document in context.dataset.of() if unknown else ():
        for triple in document.index:
            for term in _used(triple):
                if term in unknown:
                    yield context.places.finding(
                        f"{names.RULE}undefined-reference",
                        "violation",
                        unknown[term],
                        *triple,
                        document=document,
                    )


def check_deprecated(context: ValidationContext) -> Iterator[Finding]:
    """Find terms in data and shapes that the ontology keeps only to explain them."""
    ontology = context.dataset.index("ontology")
    deprecated = {
        term: _replacement(ontology, term)
        for term in ontology.subjects_with(_DEPRECATED)
        if any(
            isinstance(v, ox.Literal) and v.value in ("true", "1")
            for v in ontology.objects(term, _DEPRECATED)
        )
    }
    severity: Severity = "violation" if names.ST in context.project.terms else "warning"
    for document in context.dataset.of("data", "shapes") if deprecated else ():
        for triple in document.index:
            for term in deprecated.keys() & set(triple):
                yield context.places.finding(
                    f"{names.RULE}deprecated-term",
                    severity,
                    f"{display(term)} is deprecated{deprecated[term]}.",
                    *triple,
                    document=document,
                )


def _replacement(ontology: Index, term: Term) -> str:
    """Say what to write instead of a deprecated term, if the ontology tells."""
    instead = sorted(display(each) for each in ontology.objects(term, _REPLACED_BY))
    return f"; use {' or '.join(instead)}" if instead else ""


def _unknown(context: ValidationContext) -> dict[Term, str]:
    """Map every IRI that is used and not defined to what is to be said of it."""
    dataset, project = context.dataset, context.project
    # Without an ontology, its terms are defined elsewhere.
    spaces = project.terms if project.folders.ontology is not None else ()
    indexes = [dataset.index(*parts) for parts in (("ontology", "data"), ("shapes",))]
    used = set(chain.from_iterable(map(_iris, indexes)))
    wanted = {term for term in used if term.value.startswith(project.things + spaces)}
    things = set(chain.from_iterable(map(_subjects, indexes)))
    terms = set(_subjects(dataset.index("ontology")))
    messages: dict[Term, str] = {}
    for term in sorted(wanted, key=str):
        is_term = term.value.startswith(project.terms)
        known = terms if is_term else things
        if term not in known and (spaces or not is_term):
            hint = _hint(term.value, known) if len(messages) < _HINTS else "."
            messages[term] = f"{names.shorten(term.value)} is not defined in any file{hint}"
    return messages


def _iris(index: Index) -> Iterator[ox.NamedNode]:
    """List the IRIs in all triples, those of datatypes included."""
    for term in index.terms:
        if isinstance(term, ox.NamedNode):
            yield term
        elif isinstance(term, ox.Literal):
            yield term.datatype


def _subjects(index: Index) -> Iterator[Term]:
    return (index.terms[number] for number in index.by_subject)


def _used(triple: Statement) -> Iterator[Term]:
    """List the terms in a triple, for a literal its datatype."""
    for term in triple:
        yield term.datatype if isinstance(term, ox.Literal) else term


def _hint(iri: str, known: Collection[object]) -> str:
    """Suggest names that are spelt almost alike."""
    stem = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
    iris = (term.value for term in known if isinstance(term, ox.NamedNode))
    siblings = sorted(name.removeprefix(stem) for name in iris if name.startswith(stem))
    close = difflib.get_close_matches(iri.removeprefix(stem), siblings, n=2, cutoff=0.75)
    choice = " or ".join(names.shorten(stem + local) for local in close)
    return f"; did you mean {choice}?" if close else "."


def check_gaps(context: ValidationContext) -> Iterator[Finding]:
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
                    _GAP, "violation", message, thing, path, value, document=document
                )


def drop_consequences_of_gaps(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what only repeats that a gap is there."""
    found = list(findings)
    gaps = [finding for finding in found if finding.rule == _GAP]
    places = {(gap.focus, gap.path) for gap in gaps}
    things = {gap.focus for gap in gaps}

    def repeats_a_gap(finding: Finding) -> bool:
        if finding.rule == _GAP or not gaps:
            return False
        if names.GAP in (finding.value or "") or (finding.focus or "").startswith(names.GAP):
            return True
        whole = finding.path is None or finding.component in _COMPARING
        return (finding.focus, finding.path) in places or (whole and finding.focus in things)

    return [finding for finding in found if not repeats_a_gap(finding)]


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


def check_mappings(context: ValidationContext) -> Iterator[Finding]:
    """Find what is wrong with the files of mappings of a project."""
    sets: list[MappingSet] = []
    for path in find_files(context.project.folders.data):
        try:
            sets.append(read_mappings(path))
        except InvalidFile as fault:
            yield Finding(
                f"{names.RULE}mapping-syntax",
                "violation",
                f"{fault.problem[:1].upper()}{fault.problem[1:]}.",
                file=path,
                line=fault.line,
                column=fault.column or (1 if fault.line else None),
            )
    index = context.dataset.index("ontology", "data")
    yield from check(sets, index, context.project.things)
