"""The headers of ontologies: what they import is here, and their version has a name."""

import difflib
from collections.abc import Iterator

import pyoxigraph as ox

from ... import names
from ...findings import Finding, Severity
from ...rdf import Index, Term, display, named
from ..context import Context

_TYPE, _ONTOLOGY = named("rdf:type"), named("owl:Ontology")
PARTS = (("ontology", "data"), ("shapes",))  # as other stages read them, so made once
_IMPORTS, _VERSION = named("owl:imports"), named("owl:versionIRI")


def check_headers(context: Context) -> Iterator[Finding]:
    """Find imports that no file defines, and ontologies without a version of their own."""
    indexes = [context.dataset.index(*parts) for parts in PARTS]
    known = frozenset(iri for index in indexes for iri in _known(index))
    for index in indexes:
        for importer, imported in _imports(index):
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


def _imports(index: Index) -> Iterator[tuple[Term, Term]]:
    """List who imports what."""
    number = index.number(_IMPORTS)
    for imported, importers in index.by_predicate.get(-1 if number is None else number, {}).items():
        for importer in importers:
            yield index.terms[importer], index.terms[imported]


def _known(index: Index) -> Iterator[str]:
    """List the IRIs by which the files themselves can be imported."""
    for ontology in index.subjects(_TYPE, _ONTOLOGY):
        for term in (ontology, *index.objects(ontology, _VERSION)):
            if (iri := _iri(term)) is not None:
                yield iri


def _missing(context: Context, importer: Term, imported: Term, known: frozenset[str]) -> Finding:
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
