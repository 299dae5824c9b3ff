"""What to say of an address that names nothing: what is called something like it."""

from difflib import get_close_matches
from urllib.parse import unquote

from flask import Response

from ... import names
from ...errors import QueryError
from ..sparql.flask_responses import problem
from ..sparql.quads import solutions
from ..sparql.term_view import is_iri, local_path
from . import description
from .addresses import public, spellings

_SECONDS = 1.0  # spent at most on finding what may have been meant
_COMPARED = 5000  # names
_OFFERED = 3
_ALIKE = 0.6  # of 1


def miss(path: str) -> Response:
    """Answer for an address under which the graph knows nothing."""
    if path.endswith("/"):
        bare = path.rstrip("/")
        if any(is_iri(iri) and description.is_known(iri) for iri in spellings(bare)):
            response = Response(f"{bare}\n", 308, content_type="text/plain; charset=utf-8")
            response.headers["Location"] = f"{public()}{bare}"
            return response
    meant = _alike(path)
    detail = f"The graph says nothing about {names.BASE}{path[1:]}."
    if meant:
        offered = (f"{names.shorten(each['iri'])} ({each['label']})" for each in meant)
        detail = f"{detail}\nDid you mean {' or '.join(offered)}?"
    return problem(404, "not-found", "Not Found", detail, suggestions=meant)


def _alike(path: str) -> list[dict[str, str]]:
    """Find things of the same kind with a name like this, and of other kinds with this name."""
    space, _, slug = path.lower().rpartition("/")
    try:
        found = _named(f"{names.BASE}{space[1:]}/", slug)
    except QueryError:  # it takes too long, or there is too much else to do
        return []
    words = unquote(slug).replace("-", " ")
    by_name: dict[str, list[str]] = {}
    for iri, label in found.items():
        for name in {iri.lower().rpartition("/")[2].replace("-", " "), label.lower()}:
            by_name.setdefault(name, []).append(iri)
    alike = get_close_matches(words, by_name, _OFFERED, _ALIKE)
    meant = list(dict.fromkeys(iri for name in alike for iri in by_name[name]))[:_OFFERED]
    return [{"iri": iri, "label": found[iri], "page": local_path(iri) or iri} for iri in meant]


def _named(space: str, slug: str) -> dict[str, str]:
    """Find the labels of what begins with `space`, or ends with `slug`."""
    text = f"""SELECT ?thing ?label WHERE {{
  ?thing <{names.PREFIXES["rdfs"]}label> ?label
  FILTER(STRSTARTS(STR(?thing), "{space}")
    || STRSTARTS(STR(?thing), "{names.BASE}") && STRENDS(LCASE(STR(?thing)), "/{slug}"))
  FILTER(LANG(?label) IN ("en", ""))
}} LIMIT {_COMPARED}"""
    rows = solutions(text, timeout=_SECONDS)
    return {row["thing"].value: row["label"].value for row in rows}
