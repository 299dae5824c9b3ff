"""The ontology, the vocabularies and the shapes: each term under the end of its own IRI."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from hashlib import sha256
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import cast

import pyoxigraph as ox
from flask import Blueprint, Response, render_template

from ... import names
from ...rdf import EXAMPLES, read_document
from ...rdf.terms import Term
from ..sparql.flask_responses import etag_of, with_etag
from ..sparql.labels import label
from ..sparql.negotiation import HTML
from ..sparql.quads import solutions, write
from ..sparql.site import site
from ..sparql.term_view import TermView, is_iri, view_iri, view_term
from . import addresses, entity_page
from .addresses import DocumentAddress
from .graphs import all_of, document

blueprint = Blueprint("vocabularies", __name__)
_RDFS, _SKOS, _OWL = (names.PREFIXES[prefix] for prefix in ("rdfs", "skos", "owl"))
_SH = names.PREFIXES["sh"]

_KINDS = {
    f"{_OWL}Class": "class",
    f"{_OWL}ObjectProperty": "object property",
    f"{_OWL}DatatypeProperty": "datatype property",
    f"{_SH}NodeShape": "shape of a thing",
    f"{_SH}PropertyShape": "shape of a property",
    f"{_SH}SPARQLConstraint": "constraint in SPARQL",
}
_ROWS = {
    f"{_SKOS}scopeNote": "note",
    f"{_SKOS}example": "example",
    f"{_RDFS}subClassOf": "kind of",
    f"{_RDFS}subPropertyOf": "special case of",
    f"{_RDFS}domain": "domain",
    f"{_RDFS}range": "range",
    f"{_OWL}inverseOf": "inverse of",
    f"{_SH}targetClass": "for things of the class",
    f"{_SH}targetSubjectsOf": "for what has",
    f"{_SH}path": "property",
    f"{_SH}severity": "severity",
}
_TEXTS = (f"{_SKOS}definition", f"{_SH}message")
_OTHER = "other"
_TYPE = f"{names.PREFIXES['rdf']}type"
_VOCABULARIES = f"{names.GRAPH}ontology/vocabularies/"


@dataclass(frozen=True, slots=True)
class ShapesDocument:
    """The shapes, and a name for them that changes when they do."""

    quads: tuple[ox.Quad, ...]
    digest: str


@dataclass(slots=True)
class VocabularyTerm:
    """One term as the page shows it."""

    iri: str
    kind: str = _OTHER
    label: str = ""
    others: list[TermView] = field(default_factory=list)  # the label in other languages
    text: str = ""
    rows: dict[str, list[TermView]] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        """The end of the IRI."""
        return self.iri.partition("#")[2]


@blueprint.get("/ontology")
@blueprint.get("/ontology.<ending>")
@blueprint.get("/ontology/<path:rest>")
def ontology(**_: str) -> Response:
    """Answer with the whole ontology, or with the module or version asked for."""
    address = addresses.read_address()
    module = _module(next(addresses.spellings(address.path)))
    if module is None:
        return addresses.miss(address.path)
    page = partial(_ontology_page, module, address)
    return document(address, all_of(_graphs(module)), page)


@blueprint.get("/vocabulary")
@blueprint.get("/vocabulary.<ending>")
def vocabularies(**_: str) -> Response:
    """Answer with all vocabularies."""
    address = addresses.read_address()
    known = filter(is_iri, site().snapshot.manifest["graphs"])
    graphs = [graph for graph in known if graph.startswith(_VOCABULARIES)]
    if not graphs or address.path != "/vocabulary":
        return addresses.miss(address.path)
    return document(address, all_of(graphs), partial(_vocabularies_page, address))


@blueprint.get("/shapes")
@blueprint.get("/shapes.<ending>")
def shapes(**_: str) -> Response:
    """Answer with the shapes, which no graph holds: they are those of the project."""
    address = addresses.read_address()
    read = _shapes_shown() if site().is_ours else None
    if read is None or address.path != "/shapes":
        return addresses.miss(address.path)
    make: Callable[[], Response | str] = partial(write, read.quads, address.media_type)
    if address.media_type == HTML:
        make = partial(_shapes_page, read, address)
    return addresses.sign(
        with_etag(etag_of("shapes", read.digest, address.media_type), make), address
    )


def _ontology_page(module: str, address: DocumentAddress) -> str:
    """Show the terms of a module, or of the whole ontology."""
    scope = "?m" if module == names.ONTOLOGY else f"<{module}>"
    terms = _terms(_said(f"?s <{_RDFS}isDefinedBy> {scope} ."))
    found = entity_page.collect(module)
    parts = _modules() if module == names.ONTOLOGY else []
    return render_template(
        "ontology.html", entity=found, address=address, parts=parts, groups=_by_kind(terms)
    )


def _vocabularies_page(address: DocumentAddress) -> str:
    """Show the vocabularies with their concepts."""
    schemes = _terms(_said(f"?s a <{_SKOS}ConceptScheme> ."))
    concepts: dict[str, list[TermView]] = defaultdict(list)
    found = list(solutions(f"SELECT DISTINCT ?c ?s WHERE {{ ?c <{_SKOS}inScheme> ?s }}"))
    labels = label(row["c"].value for row in found)
    for row in found:
        iri = row["c"].value
        concepts[row["s"].value].append(view_iri(iri, labels.get(iri)))
    for views in concepts.values():
        views.sort(key=attrgetter("text"))
    listed = [(term, view_iri(term.iri, term.label), concepts[term.iri]) for term in schemes]
    return render_template("vocabularies.html", address=address, schemes=listed)


def _shapes_page(read: ShapesDocument, address: DocumentAddress) -> str:
    """Show the shapes."""
    said: dict[str, list[tuple[str, Term]]] = defaultdict(list)
    for quad in read.quads:
        if isinstance(quad.subject, ox.NamedNode):
            said[quad.subject.value].append((quad.predicate.value, cast("Term", quad.object)))
    terms = _terms({iri: values for iri, values in said.items() if iri.startswith(names.SHAPE)})
    return render_template("shapes.html", address=address, groups=_by_kind(terms))


def _shapes_shown() -> ShapesDocument | None:
    """Read the shapes that are shown beside the snapshot, if there are any."""
    folder = site().folders.shapes
    return None if folder is None else _read_shapes(site().snapshot.name, folder)


@lru_cache(maxsize=2)  # while one snapshot follows the other
def _read_shapes(_: str, folder: Path) -> ShapesDocument:
    found = [
        read_document(path.as_uri(), "shapes", path)
        for path in sorted(folder.absolute().rglob("*.ttl"))
        if path.relative_to(folder.absolute()).parts[0] != EXAMPLES
    ]
    triples = chain.from_iterable(document.triples for document in found)
    text = "\0".join(document.text for document in found)
    return ShapesDocument(
        tuple(ox.Quad(*triple) for triple in triples), sha256(text.encode()).hexdigest()
    )


def _module(iri: str) -> str | None:
    """Find the ontology that `iri` names, or names a version of."""
    if not is_iri(iri):
        return None
    text = f"""SELECT ?m WHERE {{
  {{ VALUES ?m {{ <{iri}> }} ?m a <{_OWL}Ontology> }} UNION {{ ?m <{_OWL}versionIRI> <{iri}> }}
}} LIMIT 1"""
    return next((row["m"].value for row in solutions(text)), None)


def _graphs(module: str) -> list[str]:
    """Find the graph of a module; for the ontology as a whole, those of all it imports, too."""
    path = f"<{module}> <{_OWL}imports>* ?m ."
    joined = path if module == names.ONTOLOGY else f"VALUES ?m {{ <{module}> }}"
    text = f"""SELECT DISTINCT ?g WHERE {{
  {joined} GRAPH ?g {{ ?m a <{_OWL}Ontology> }}
  FILTER(?g NOT IN (<{names.INFERRED_GRAPH}>, <{names.META_GRAPH}>))
}} ORDER BY ?g"""
    return [row["g"].value for row in solutions(text)]


def _said(pattern: str) -> dict[str, list[tuple[str, Term]]]:
    """Find what the ontology says of terms, without what was concluded."""
    wanted = ", ".join(f"<{name}>" for name in (_TYPE, f"{_RDFS}label", *_TEXTS, *_ROWS))
    said: dict[str, list[tuple[str, Term]]] = defaultdict(list)
    for row in solutions(f"""SELECT DISTINCT ?s ?p ?o WHERE {{
  {{ SELECT DISTINCT ?s WHERE {{ {pattern} }} }} GRAPH ?g {{ ?s ?p ?o }}
  FILTER(?p IN ({wanted}) && ?g != <{names.INFERRED_GRAPH}> && !isBlank(?o))
}} ORDER BY ?s ?p ?o"""):
        said[row["s"].value].append((row["p"].value, cast("Term", row["o"])))
    return said


def _terms(said: dict[str, list[tuple[str, Term]]]) -> list[VocabularyTerm]:
    labels = _english(said)
    terms = (_term(iri, values, labels) for iri, values in said.items())
    return sorted(terms, key=lambda term: (term.label.lower(), term.iri))


def _term(iri: str, values: Iterable[tuple[str, Term]], labels: dict[str, str]) -> VocabularyTerm:
    term = VocabularyTerm(iri, label=labels.get(iri) or names.shorten(iri))
    for name, value in values:
        if name == _TYPE:
            term.kind = _KINDS.get(str(getattr(value, "value", "")), term.kind)
        elif name == f"{_RDFS}label" and getattr(value, "language", None) != "en":
            term.others.append(view_term(value, labels))
        elif name in _TEXTS and isinstance(value, ox.Literal):
            term.text = term.text or value.value
        elif name in _ROWS:
            term.rows.setdefault(_ROWS[name], []).append(view_term(value, labels))
    return term


def _english(said: dict[str, list[tuple[str, Term]]]) -> dict[str, str]:
    return {
        iri: value.value
        for iri, values in said.items()
        for name, value in values
        if name == f"{_RDFS}label" and isinstance(value, ox.Literal) and value.language == "en"
    }


def _by_kind(terms: list[VocabularyTerm]) -> list[tuple[str, list[VocabularyTerm]]]:
    kinds = (*_KINDS.values(), _OTHER)
    groups = {kind: [term for term in terms if term.kind == kind] for kind in kinds}
    return [(kind, found) for kind, found in groups.items() if found]


def _modules() -> list[TermView]:
    text = f"SELECT DISTINCT ?m WHERE {{ ?m a <{_OWL}Ontology> }} ORDER BY ?m"
    iris = [row["m"].value for row in solutions(text)]
    labels = label(iris)
    return [view_iri(iri, labels.get(iri)) for iri in iris if iri != names.ONTOLOGY]
