"""Statements from the engine, as a document in any RDF format.

A query can construct triples, but not quads; so the rows of a SELECT are read and written
anew, one by one. What comes of it lies on disk where it is large.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO, cast

import pyoxigraph as ox
from flask import Response

from ... import names
from ...engine import Request
from ...engine.formats import GRAPHS, prefixes_for
from ...engine.spool import ChunkFile, Spool
from ...rdf.terms import Statement
from .negotiation import NQUADS, TRIG, content_type
from .site import site

# JSON-LD can name graphs too, but many who read it look at the default graph only.
NAMING = (TRIG, NQUADS)
_PIECE = 64 * 1024
_DEFAULT = ox.DefaultGraph()
Within = Callable[[str], str]  # writes a pattern as one that is matched within one graph


def statements(
    pattern: Callable[[Within], str], with_graphs: bool
) -> Iterator[tuple[Statement, ox.NamedNode | ox.DefaultGraph]]:
    """Find the statements ?s ?p ?o of a pattern: each once, or once for each of its graphs."""
    text = f"SELECT DISTINCT ?s ?p ?o WHERE {{ {pattern(str)} }}"
    if with_graphs:
        # An engine may have the union of all graphs for its default graph.
        text = f"""SELECT DISTINCT ?s ?p ?o ?g WHERE {{
  {{ {pattern("GRAPH ?g {{ {} }}".format)} }}
  UNION {{ {pattern(str)} FILTER NOT EXISTS {{ GRAPH ?elsewhere {{ ?s ?p ?o }} }} }}
}} ORDER BY ?g"""
    for row in solutions(text, is_union=not with_graphs):
        yield (row["s"], row["p"], row["o"]), row["g"] if with_graphs and row["g"] else _DEFAULT


def solutions(
    text: str, is_union: bool = True, timeout: float | None = None
) -> Iterator[ox.QuerySolution]:
    """Run a SELECT and read its rows, as they come."""
    asked = Request(text, base_iri=names.BASE, is_union=is_union, timeout=timeout)
    with site().engine.answer(asked) as answer:
        file = io.BufferedReader(ChunkFile(answer.chunks), _PIECE)
        found = ox.parse_query_results(file, ox.QueryResultsFormat.JSON)
        yield from cast("ox.QuerySolutions", found)


def is_any(pattern: str) -> bool:
    """Tell whether anything matches a pattern."""
    return any(True for _ in solutions(f"SELECT * WHERE {{ {pattern} }} LIMIT 1"))


def anywhere(pattern: str) -> str:
    """Match a pattern in any graph, whatever the default graph is."""
    return f"{{ {{ {pattern} }} UNION {{ GRAPH ?anywhere {{ {pattern} }} }} }}"


def write(quads: Iterable[ox.Quad], media_type: str) -> Response:
    """Make the response that holds `quads`; their graphs are left out where a format has none."""
    spool = Spool(site().config.result_mb)
    form = GRAPHS[media_type]
    content = quads if media_type in NAMING else (quad.triple for quad in quads)
    try:
        ox.serialize(content, cast("IO[bytes]", spool), form, prefixes=prefixes_for(form))
    except BaseException:
        spool.close()
        raise
    response = Response(spool.chunks(), content_type=content_type(media_type))
    response.content_length = spool.length
    response.call_on_close(spool.close)
    return response
