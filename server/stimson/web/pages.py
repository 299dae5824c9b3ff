"""The pages around the endpoint: home, and one for each saved query."""

from flask import Blueprint, Response, json, render_template

from .. import names
from ..engine import Request
from ..errors import UnknownQuery
from .site import site
from .terms import Look, is_iri, look_at_iri

blueprint = Blueprint("pages", __name__)
_CLASSES_SHOWN = 8


@blueprint.get("/")
def home() -> str:
    """Say what this is and how much of it there is."""
    manifest = site().snapshot.manifest
    return render_template(
        "home.html",
        manifest=manifest,
        classes=_largest_classes(manifest["classes"]),
        queries=site().queries.values(),
    )


@blueprint.get("/queries")
def queries() -> str:
    """List the saved queries."""
    return render_template("queries.html", queries=site().queries.values())


@blueprint.get("/queries/<name>")
def query(name: str) -> str:
    """Show one saved query and the ways to run it."""
    if name not in site().queries:
        raise UnknownQuery(f"No saved query is called {name!r}: see /queries for those there are.")
    return render_template("query.html", saved=site().queries[name])


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Ask crawlers to leave the endpoint alone; pages may be read."""
    return Response("User-agent: *\nDisallow: /sparql\n", content_type="text/plain; charset=utf-8")


def _largest_classes(counts: dict[str, int]) -> list[tuple[Look, int]]:
    """Choose the largest classes of our own, under the names the ontology gives them."""
    ours = [iri for iri in counts if iri.startswith(names.ST) and is_iri(iri)]
    chosen = sorted(ours, key=lambda iri: (-counts[iri], iri))[:_CLASSES_SHOWN]
    labels = _english_labels(chosen)
    return [(look_at_iri(iri, labels.get(iri)), counts[iri]) for iri in chosen]


def _english_labels(iris: list[str]) -> dict[str, str]:
    values = " ".join(f"<{iri}>" for iri in iris)
    text = f"""SELECT ?thing ?label WHERE {{
  VALUES ?thing {{ {values} }}
  ?thing <{names.PREFIXES["rdfs"]}label> ?label .
  FILTER(LANGMATCHES(LANG(?label), "en"))
}}"""
    with site().engine.answer(Request(text, base_iri=names.BASE)) as answer:
        rows = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    return {row["thing"]["value"]: row["label"]["value"] for row in rows}
