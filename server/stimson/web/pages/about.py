"""What this is and how to read it, and everything that can be downloaded."""

from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from ... import names
from ..sparql.flask_responses import etag_of, with_etag
from ..sparql.negotiation import JSON_LD, NQUADS, TRIG
from ..sparql.quads import solutions
from ..sparql.site import base_url, site
from ..sparql.term_view import TermView, view_iri, view_term
from . import addresses, citation, linked_pages

blueprint = Blueprint("about", __name__)
_DUMPS = {TRIG: ("TriG", "trig"), NQUADS: ("N-Quads", "nquads"), JSON_LD: ("JSON-LD", "jsonld")}
_FORMS = {"ttl": "Turtle", "rdf": "RDF/XML", "jsonld": "JSON-LD"}
_DESCRIPTION = (
    "Who said what about a territorial change, when, in which words, on what legal footing, and "
    "who contradicts whom: statements, claims, stances, votes and acts, each with its source."
)
_SOURCES = f"""SELECT ?source ?label ?after (COUNT(DISTINCT ?statement) AS ?statements) WHERE {{
  ?source a <{names.ST}Source> ; <{names.PREFIXES["rdfs"]}label> ?label .
  OPTIONAL {{ ?source <{names.ST}notAfter> ?after }}
  OPTIONAL {{ ?statement <{names.ST}readIn> ?source }}
  FILTER(LANG(?label) IN ("en", ""))
}} GROUP BY ?source ?label ?after ORDER BY ?after ?label LIMIT 200"""
_MAPPINGS = f"""SELECT DISTINCT ?set WHERE {{
  ?set a <https://w3id.org/sssom/MappingSet> FILTER(STRSTARTS(STR(?set), "{names.MAPPING}"))
}} ORDER BY ?set LIMIT 200"""


@dataclass(frozen=True, slots=True)
class Download:
    """Something that can be downloaded: `size` is in bytes, None where it is not known before."""

    title: str
    formats: list[tuple[str, str]]
    note: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source that was read, the last day on which it can have appeared, and how much is of it."""

    view: TermView
    day: TermView | None
    statements: int


@blueprint.get("/about")
def about() -> Response:
    """Say what this is, how to read it, and how to cite it."""
    cited = citation.of_dataset() if site().is_ours else None
    return with_etag(
        etag_of("about-page"),
        lambda: render_template(
            "about.html",
            manifest=site().snapshot.manifest,
            sources=_sources(site().snapshot.name),
            citation=cited,
            is_ours=site().is_ours,
        ),
    )


@blueprint.get("/data")
def data() -> Response:
    """List everything that can be downloaded."""
    return with_etag(etag_of("data-page", base_url()), _data_page)


@blueprint.get("/data.bib", defaults={"ending": citation.BIBTEX})
@blueprint.get("/data.csl.json", defaults={"ending": citation.CSL})
def cite(ending: str) -> Response:
    """Cite the edition that is served."""
    if not site().is_ours:
        raise NotFound("These files belong to somebody else: there is nothing known to cite.")
    return citation.of_dataset().send(ending)


def _data_page() -> str:
    snapshot, found = site().snapshot, _downloads()
    card = linked_pages.of_dataset(
        f"{base_url()}/data",
        _DESCRIPTION,
        [(kind, f"{base_url()}/store?format={name}") for kind, (_, name) in _DUMPS.items()],
    )
    graphs = sorted(snapshot.manifest["graphs"].items())
    return render_template(
        "data.html",
        manifest=snapshot.manifest,
        downloads=found,
        graphs=[(view_iri(iri, iri.removeprefix(names.GRAPH)), size) for iri, size in graphs],
        citation=citation.of_dataset() if site().is_ours else None,
        card=card if site().is_ours else None,
        is_ours=site().is_ours,
    )


def _downloads() -> list[Download]:
    dumps = [(title, f"/store?format={name}") for title, name in _DUMPS.values()]
    size = site().snapshot.dataset.stat().st_size
    found = [
        Download("The whole graph", dumps, "every statement, in its named graph", size),
        Download("Description", _forms("/dataset", "?format="), "VoID statistics and DCAT"),
    ]
    if addresses.has_ontology():
        found += [
            Download("Ontology", _forms("/ontology", "."), "classes and properties, in OWL 2 RL"),
            Download("Vocabularies", _forms("/vocabulary", "."), "concepts, in SKOS"),
            Download("Shapes", _forms("/shapes", "."), "what data must keep to, in SHACL"),
        ]
    if site().queries:
        found.append(
            Download(
                "Questions",
                _forms("/.well-known/sparql-examples", "?format="),
                "all saved queries; each answer is at its own page as CSV, Excel and more",
            )
        )
    for view in _mappings(site().snapshot.name):
        path = (view.link or "").removesuffix(".html")
        found.append(Download(f"Mappings: {view.text}", _forms(path, "."), "in SSSOM terms"))
    return found


def _forms(path: str, mark: str) -> list[tuple[str, str]]:
    return [(title, f"{path}{mark}{ending}") for ending, title in _FORMS.items()]


@lru_cache(2)  # while one snapshot follows the other
def _sources(_: str) -> list[SourceRow]:
    return [
        SourceRow(
            view_iri(row["source"].value, row["label"].value),
            view_term(row["after"], {}) if row["after"] else None,
            int(row["statements"].value),
        )
        for row in solutions(_SOURCES)
    ]


@lru_cache(2)
def _mappings(_: str) -> list[TermView]:
    iris = (row["set"].value for row in solutions(_MAPPINGS))
    return [view_iri(iri, iri.removeprefix(names.MAPPING)) for iri in iris]
