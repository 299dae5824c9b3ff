"""The pages around the endpoint: home, and one for each saved query."""

from collections.abc import Iterator
from itertools import islice, zip_longest

from flask import Blueprint, Response, json, render_template, request

from ... import names
from ...engine import Request
from ...errors import UnknownQuery
from ...queries import SavedQuery
from ..sparql.negotiation import GRAPHS, HTML
from ..sparql.site import site
from . import addresses
from . import saved as documents
from .term_view import Look, is_iri, look_at_iri

blueprint = Blueprint("pages", __name__)
# What a reader looks for first; a graph of another kind shows its largest classes.
_TOLD = ("Statement", "Quotation", "Claim", "Stance", "Conflict", "Act", "Place", "Vote")
_FEW = 9  # questions on the first page


@blueprint.get("/")
def home() -> str:
    """Say what this is and how much of it there is."""
    manifest = site().snapshot.manifest
    return render_template(
        "home.html",
        manifest=manifest,
        classes=_classes(manifest["classes"]),
        queries=list(islice(_first_of_each_group(), _FEW)),
        total=len(site().queries),
    )


@blueprint.get("/queries")
def queries() -> str:
    """List the saved queries."""
    return render_template("queries.html", groups=_groups())


@blueprint.get("/queries/<name>")
def query(name: str) -> Response:
    """Show one saved query and the ways to run it, with the parameters in the address bound."""
    address = addresses.read_address((HTML, *GRAPHS))
    if not address.is_negotiated:
        name = name.rpartition(".")[0]
    if address.media_type != HTML:
        return documents.document(name, address)
    if name not in site().queries:
        raise UnknownQuery(f"No saved query is called {name!r}: see /queries for those there are.")
    saved = site().queries[name]
    values = {each.name: each.default for each in saved.parameters} | request.args.to_dict()
    page = render_template(
        "query.html", saved=saved, values=values, bound=saved.bind(values), address=address
    )
    return addresses.sign(Response(page), address)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Ask crawlers to leave the endpoint alone; pages may be read."""
    return Response("User-agent: *\nDisallow: /sparql\n", content_type="text/plain; charset=utf-8")


def _groups() -> dict[str, list[SavedQuery]]:
    """Put the saved queries under the first of their keywords."""
    groups: dict[str, list[SavedQuery]] = {}
    for saved in site().queries.values():
        groups.setdefault(saved.keywords[0], []).append(saved)
    return dict(sorted(groups.items()))


def _first_of_each_group() -> Iterator[SavedQuery]:
    """Go round the groups, so that the first few questions are of many kinds."""
    for row in zip_longest(*_groups().values()):
        yield from (saved for saved in row if saved is not None)


def _classes(counts: dict[str, int]) -> list[tuple[Look, int]]:
    """Choose classes of our own, under the names the ontology gives them."""
    told = [f"{names.ST}{name}" for name in _TOLD if f"{names.ST}{name}" in counts]
    ours = [iri for iri in counts if iri.startswith(names.ST) and is_iri(iri)]
    chosen = told or sorted(ours, key=lambda iri: (-counts[iri], iri))[: len(_TOLD)]
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
