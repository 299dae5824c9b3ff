"""The ontology: within OWL 2 RL, of one piece with the data, and whole."""

import difflib
from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox

from ... import names
from ...findings import Finding, Severity
from ...rdf import Index, Statement, Term, display, named
from ...reasoning import contradictions, unsupported_axioms
from ..stages import ValidationContext
from .class_axioms import class_faults
from .owl_terms import JOINTS, OWL, RDF, RDFS, TERMS
from .property_axioms import property_faults

_SPACES = (OWL, RDF, RDFS)


def check_ontology(context: ValidationContext) -> Iterator[Finding]:
    """Find axioms that are misspelt, outside the profile, without effect or contradictory."""
    yield from _unknown_terms(context)
    said: set[Statement] = set()
    yield from _profile(context, said)
    yield from _unsupported(context, said)
    yield from check_headers(context)
    yield from _contradictions(context)


def _severity(context: ValidationContext) -> Severity:
    """What is outside of OWL 2 RL is wrong here; others may mean another profile."""
    return "violation" if names.ST in context.project.terms else "warning"


def _profile(context: ValidationContext, said: set[Statement]) -> Iterator[Finding]:
    """Find what is not within OWL 2 RL, and note its triples in `said`."""
    index = context.dataset.index("ontology")
    for fault in dict.fromkeys((*class_faults(index), *property_faults(index))):
        said.add(fault.at)
        yield context.places.finding(
            f"{names.RULE}owl-profile", _severity(context), fault.message, *fault.at
        )


def _unsupported(context: ValidationContext, said: set[Statement]) -> Iterator[Finding]:
    """Find each kind of axiom that no rule covers, once per file; not what was said already."""
    axioms = [
        axiom
        for axiom in unsupported_axioms(context.dataset)
        if axiom.term.value in TERMS
        and axiom.term not in JOINTS
        and tuple(axiom.triple) not in said
    ]
    counts = Counter((axiom.term, axiom.document.iri) for axiom in axioms)
    for axiom in axioms:
        # The first stands for all.
        if number := counts.pop((axiom.term, axiom.document.iri), None):
            times = f" ({number} times in this file)" if number > 1 else ""
            term = f"{display(axiom.term)}{times}"
            message = f"No rule reads {term}, so nothing follows from it here."
            yield context.places.finding(
                f"{names.RULE}unsupported-axiom",
                _severity(context),
                message,
                *axiom.triple,
                document=axiom.document,
            )


def _unknown_terms(context: ValidationContext) -> Iterator[Finding]:
    """Find terms that RDF, RDFS and OWL do not have, in any file."""
    indexes = (context.dataset.index(*parts) for parts in PARTS)
    unknown = {term for index in indexes for term in index.terms if _is_unknown(term)}
    for document in context.dataset.of() if unknown else ():
        for statement in document.index:
            for term in sorted(unknown.intersection(statement), key=str):
                close = difflib.get_close_matches(display(term), map(names.shorten, TERMS), n=1)
                cure = f"did you mean {close[0]}?" if close else "remove it."
                message = f"There is no {display(term)}; {cure}"
                yield context.places.finding(
                    f"{names.RULE}unknown-term",
                    "violation",
                    message,
                    *statement,
                    document=document,
                )


def _is_unknown(term: Term) -> bool:
    if not isinstance(term, ox.NamedNode) or not term.value.startswith(_SPACES):
        return False
    # rdf:_1, rdf:_2 … are the members of containers.
    is_member = term.value.startswith(f"{RDF}_") and term.value.removeprefix(f"{RDF}_").isdigit()
    return not is_member and term.value not in TERMS and term.value not in _SPACES


def _contradictions(context: ValidationContext) -> Iterator[Finding]:
    """Find what cannot be, at a triple that a file states."""
    index = context.dataset.index("ontology", "data")
    for found in contradictions(context.closure):
        stated = [each for each in found.triples if each in index]
        message = f"{found.sentence}, which cannot be; correct one of the two."
        yield context.places.finding(
            f"{names.RULE}contradiction", "violation", message, *(stated or found.triples)[0]
        )


_TYPE, _ONTOLOGY = named("rdf:type"), named("owl:Ontology")
PARTS = (("ontology", "data"), ("shapes",))  # as other stages read them, so made once
_IMPORTS, _VERSION = named("owl:imports"), named("owl:versionIRI")


def check_headers(context: ValidationContext) -> Iterator[Finding]:
    """Find imports that no file defines, and ontologies without a version of their own."""
    indexes = [context.dataset.index(*parts) for parts in PARTS]
    known = frozenset(iri for index in indexes for iri in _known(index))
    for index in indexes:
        for importer in index.subjects_with(_IMPORTS):
            for imported in index.objects(importer, _IMPORTS):
                if _iri(imported) not in known:
                    yield _missing(context, importer, imported, known)
    ontology = context.dataset.index("ontology")
    for header in ontology.subjects(_TYPE, _ONTOLOGY):
        versions = ontology.objects(header, _VERSION)
        if not versions or header in versions:
            message = f"{display(header)} names no version; add an owl:versionIRI of its own."
            value = versions[0] if versions else None
            yield context.places.finding(
                f"{names.RULE}version-missing", "warning", message, header, _VERSION, value
            )


def _known(index: Index) -> Iterator[str]:
    """List the IRIs by which the files themselves can be imported."""
    for ontology in index.subjects(_TYPE, _ONTOLOGY):
        for term in (ontology, *index.objects(ontology, _VERSION)):
            if (iri := _iri(term)) is not None:
                yield iri


def _missing(
    context: ValidationContext, importer: Term, imported: Term, known: frozenset[str]
) -> Finding:
    """Report an import; one that lies among our own is a slip, one elsewhere is a gap."""
    iri = _iri(imported) or display(imported)
    spaces = {each.rpartition("/")[0] for each in known}
    is_own = iri.rpartition("/")[0] in spaces
    close = difflib.get_close_matches(iri, sorted(known), n=1, cutoff=0.9) if is_own else []
    cure = f"did you mean <{close[0]}>?" if close else "add its file, or drop the import."
    message = f"<{iri}> is in none of the files, and nothing is fetched; {cure}"
    severity: Severity = "violation" if is_own else "warning"
    return context.places.finding(
        f"{names.RULE}import-missing", severity, message, importer, _IMPORTS, imported
    )


def _iri(term: Term) -> str | None:
    return term.value if isinstance(term, ox.NamedNode) else None
