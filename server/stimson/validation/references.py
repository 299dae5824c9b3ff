"""References: every term and thing of a project that is used is defined somewhere."""

import difflib
from collections.abc import Collection, Iterator
from itertools import chain

import pyoxigraph as ox

from .. import names
from ..findings import Finding
from ..rdf import Index, Statement, Term
from .context import Context

_HINTS = 100  # names for which close ones are sought; more are a sign of something else


def check_references(context: Context) -> Iterator[Finding]:
    """Find IRIs of the project of which no triple speaks; a term is defined in the ontology."""
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


def _unknown(context: Context) -> dict[Term, str]:
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
