"""The result of a query as a page: a table, a yes or no, or Turtle to read."""

from typing import Any

from flask import json, render_template

from ...engine import Answer
from ...queries import SavedQuery
from .negotiation import GRAPHS, HTML
from .site import site
from .term_view import TermView, view_result_term

ROWS = 1000  # shown; the downloads hold all
_LARGEST = 8 * 2**20  # bytes of a result that a page is made of


def page(query: str, answer: Answer) -> Answer:
    """Show `answer` to the query that gave it, as another answer."""
    body = _write(query, answer).encode()
    return Answer(HTML, len(body), iter((body,)), body)


def _write(query: str, answer: Answer) -> str:
    if answer.length > _LARGEST:
        return _render(query, too_large=answer.length)
    body = b"".join(answer.chunks)
    if answer.media_type in GRAPHS:
        return _render(query, turtle=body.decode())
    content = json.loads(body)
    if "boolean" in content:
        return _render(query, boolean=content["boolean"])
    return _render(query, **_table(content))


def _render(query: str, **content: Any) -> str:
    return render_template("results.html", query=query, saved=_saved(query), **content)


def _saved(query: str) -> SavedQuery | None:
    """Recognise a saved query, though a form has changed the ends of its lines."""
    lines = query.split()
    return next((saved for saved in site().queries.values() if saved.sparql.split() == lines), None)


def _table(content: dict[str, Any]) -> dict[str, Any]:
    columns: list[str] = content["head"]["vars"]
    bindings = content["results"]["bindings"]
    rows: list[list[TermView | None]] = [
        [view_result_term(row[name]) if name in row else None for name in columns]
        for row in bindings[:ROWS]
    ]
    return {"columns": columns, "rows": rows, "count": len(bindings)}
