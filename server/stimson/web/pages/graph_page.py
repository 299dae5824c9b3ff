"""The page of a graph: what it speaks of."""

from flask import Response, render_template, request
from werkzeug.exceptions import NotFound

from ... import names
from ..sparql.quads import solutions
from .addresses import Address
from .entity_page import PAGE, label
from .term_view import look_at_iri


def page(iri: str, address: Address, size: int) -> Response:
    """Show a page of the subjects of the statements in a graph."""
    number = request.args.get("page", 1, type=int)
    count = _count(iri)
    last = max(1, -(-count // PAGE))
    if not 1 <= number <= last:
        raise NotFound(f"There is no page {number}: the last is {last}.")
    things = _things(iri, PAGE * (number - 1))
    labels = label(things)
    return Response(
        render_template(
            "graph.html",
            iri=iri,
            name=iri.removeprefix(names.GRAPH),
            address=address,
            size=size,
            count=count,
            things=[look_at_iri(thing, labels.get(thing)) for thing in things],
            number=number,
            last=last,
        )
    )


def _count(iri: str) -> int:
    text = f"""SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{
  GRAPH <{iri}> {{ ?s ?p ?o FILTER(isIRI(?s)) }} }}"""
    return next(int(row["n"].value) for row in solutions(text))


def _things(iri: str, offset: int) -> list[str]:
    text = f"""SELECT DISTINCT ?s WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o FILTER(isIRI(?s)) }} }}
ORDER BY ?s LIMIT {PAGE} OFFSET {offset}"""
    return [row["s"].value for row in solutions(text)]
