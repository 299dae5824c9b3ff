"""Saved queries as pages, and saved queries and rules as RDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request

from ... import names
from ...queries import SavedQuery, read_header
from ...rdf.executables import describe_executable, describe_query
from ...rdf.terms import named
from ..sparql.flask_responses import accepted, etag_of, with_etag
from ..sparql.negotiation import GRAPHS, graph_format
from ..sparql.quads import write
from ..sparql.site import base_url, site

blueprint = Blueprint("saved_queries", __name__)

_HEADER = ("title", "sentence")


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule of the ontology: what it concludes, in words and as a query."""

    name: str
    title: str
    sentence: str
    sparql: str


@blueprint.get("/queries")
def queries() -> str:
    """List the saved queries."""
    return render_template("queries.html", groups=by_keyword())


def describe(saved: SavedQuery, media_type: str) -> Response:
    """Answer with a saved query as RDF."""
    quads, tag = _of_query(saved), etag_of("query", base_url(), saved, media_type)
    return with_etag(tag, lambda: write(quads, media_type))


@blueprint.get("/.well-known/sparql-examples")
def examples() -> Response:
    """Answer with all saved queries, and the prefixes that they use."""
    media_type = graph_format(GRAPHS, accepted(), request.args.get("format"))
    quads = chain(_prefixes(), *(_of_query(each) for each in site().queries.values()))
    tag = etag_of("examples", base_url(), site().queries, media_type)
    response = with_etag(tag, lambda: write(quads, media_type))
    response.vary.add("Accept")
    return response


def by_keyword() -> dict[str, list[SavedQuery]]:
    """Put the saved queries under the first of their keywords."""
    groups: dict[str, list[SavedQuery]] = {}
    for saved in site().queries.values():
        groups.setdefault(saved.keywords[0], []).append(saved)
    return dict(sorted(groups.items()))


def find_rule(iri: str) -> RuleView | None:
    """Find the rule that `iri` names."""
    if not iri.startswith(names.RULE) or not site().is_ours:
        return None
    return _rules(site().snapshot.name, site().folders.ontology).get(iri.removeprefix(names.RULE))


def of_rule(iri: str) -> list[ox.Quad]:
    """Write the rule that `iri` names; nothing, where it names none."""
    rule = find_rule(iri)
    if rule is None:
        return []
    said = describe_executable(iri, rule.title, rule.sentence, rule.sparql)
    return [ox.Quad(*each) for each in said]


@lru_cache(maxsize=2)  # while one snapshot follows the other
def _rules(_: str, ontology: Path | None) -> dict[str, RuleView]:
    """Read the rules that belong to a snapshot."""
    found = [] if ontology is None else sorted((ontology / "rules").glob("*.rq"))
    return {path.stem: _read_rule(path) for path in found}


def _read_rule(path: Path) -> RuleView:
    header, text = read_header(path, _HEADER)
    lines = (line for line in text.splitlines() if not line.startswith("#+"))
    return RuleView(path.stem, header["title"], header["sentence"], "\n".join(lines).strip())


def _of_query(saved: SavedQuery) -> Iterator[ox.Quad]:
    yield from (ox.Quad(*said) for said in describe_query(saved))
    address = ox.NamedNode(f"{base_url()}/sparql")
    yield _quad(f"{names.QUERY}{saved.name}", "schema:target", address)


def _prefixes() -> Iterator[ox.Quad]:
    """Declare the prefixes; the names are those of the dataset's own description."""
    for prefix, space in sorted(names.PREFIXES.items()):
        one = f"{names.DATASET}#prefix={prefix}"
        yield _quad(names.DATASET, "sh:declare", ox.NamedNode(one))
        yield _quad(one, "sh:prefix", ox.Literal(prefix))
        any_uri = named("xsd:anyURI")
        yield _quad(one, "sh:namespace", ox.Literal(space, datatype=any_uri))


def _quad(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), named(predicate), value)
