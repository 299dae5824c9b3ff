"""The home page, and what it asks of crawlers."""

from collections.abc import Iterator
from itertools import islice, zip_longest

from flask import Blueprint, Response, render_template

from ... import names
from ...queries import SavedQuery
from ..sparql.labels import label
from ..sparql.site import site
from ..sparql.term_view import TermView, is_iri, view_iri
from .saved_queries import by_keyword

blueprint = Blueprint("home", __name__)
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


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Ask crawlers to leave the endpoint alone; pages may be read."""
    return Response("User-agent: *\nDisallow: /sparql\n", content_type="text/plain; charset=utf-8")


def _first_of_each_group() -> Iterator[SavedQuery]:
    """Go round the groups, so that the first few questions are of many kinds."""
    for row in zip_longest(*by_keyword().values()):
        yield from (saved for saved in row if saved is not None)


def _classes(counts: dict[str, int]) -> list[tuple[TermView, int]]:
    """Choose classes of our own, under their labels."""
    told = [f"{names.ST}{name}" for name in _TOLD if f"{names.ST}{name}" in counts]
    ours = [iri for iri in counts if iri.startswith(names.ST) and is_iri(iri)]
    chosen = told or sorted(ours, key=lambda iri: (-counts[iri], iri))[: len(_TOLD)]
    labels = label(chosen)
    return [(view_iri(iri, labels.get(iri)), counts[iri]) for iri in chosen]
