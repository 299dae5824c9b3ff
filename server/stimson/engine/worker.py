"""The program that loads a snapshot, and whose forked children run queries, one at a time.

A worker parses, evaluates and serialises; it can open nothing and outgrow nothing. All
that can go wrong in it ends with its death, which the pool turns into an error.
"""

import marshal
import socket
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import (
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
)

from ..errors import (
    QueryError,
    QueryRefused,
    QueryTooLarge,
    TooManyRows,
)
from ..processes import fork_server
from ..processes.child import CpuBudget
from ..processes.framing import ResponseWriter, Tag, frame, requests
from ..queries import syntax_error
from . import formats, query_policy
from .formats import GRAPHS, RESULTS
from .interface import Request

OUT_OF_MEMORY = "The query needs more memory than it may have."
_Results = QuerySolutions | QueryBoolean | QueryTriples


def main(control: int, dataset: Path, memory_mb: int, rows: int) -> None:
    """Fork a worker for each socket that comes; `rows` is the most a result may have, 0 for any."""

    def load() -> fork_server.Serve:
        return partial(serve, load_dataset(dataset), rows)

    fork_server.run(control, load, fork_server.Confinement(memory_mb, is_batch=True))


def load_dataset(dataset: Path) -> Store:
    """Load the N-Quads of a snapshot, which was checked when it was built, into memory."""
    store = Store()
    store.load(path=dataset, format=RdfFormat.N_QUADS, lenient=True)
    return store


def pack_request(request: Request, seconds: float) -> bytes:
    """Write a query, and the seconds it may take, as a frame."""
    # marshal is the fastest by far. Only a worker reads this, and it trusts the server.
    return frame(Tag.REQUEST, marshal.dumps((tuple(request), seconds)))


def serve(store: Store, rows: int, channel: socket.socket) -> None:
    """Answer queries until the other end hangs up."""
    budget = CpuBudget()
    for body in requests(channel):
        fields, seconds = marshal.loads(body)
        budget.grant(seconds)
        _reply(channel, store, Request(*fields), rows)


def _reply(channel: socket.socket, store: Store, request: Request, rows: int) -> None:
    output = ResponseWriter(channel)
    try:
        if request.is_dump:
            _dump(store, request.graph, output)
        else:
            _answer(store, request, rows, output)
    except QueryError as error:
        output.fail(error)
    except MemoryError:
        output.fail(QueryTooLarge(OUT_OF_MEMORY))
    else:
        output.end()


def _answer(store: Store, request: Request, rows: int, output: ResponseWriter) -> None:
    query_policy.reject_forbidden(request.text)
    dataset = _dataset(request)
    try:
        results = store.query(request.text, base_iri=request.base_iri, **dataset)
        media_type = _media_type(results, request)
        if rows and isinstance(results, QuerySolutions):
            _count(results, rows)
            results = store.query(request.text, base_iri=request.base_iri, **dataset)
        output.head(media_type.encode())
        _serialise(results, media_type, rows, output)
    except SyntaxError as fault:
        raise syntax_error(str(fault)) from fault
    except (OSError, RuntimeError) as fault:
        # Evaluation is lazy, so it may fail as late as this. A call to the outside that
        # the guard overlooked ends here too: there is no descriptor for it.
        raise QueryRefused(f"The query cannot be evaluated: {fault}.") from fault


def _dump(store: Store, media_type: str | None, output: ResponseWriter) -> None:
    chosen = formats.of_dataset(media_type)
    output.head(chosen.encode())
    form = GRAPHS[chosen]
    store.dump(_file(output), form, prefixes=formats.prefixes_for(form))


def _dataset(request: Request) -> dict[str, Any]:
    """Choose the graphs: the protocol's parameters, else the query's FROM, else all of them."""
    if request.default_graphs or request.named_graphs:
        return {
            "default_graph": [query_policy.graph_name(iri) for iri in request.default_graphs],
            "named_graphs": [query_policy.graph_name(iri) for iri in request.named_graphs],
        }
    # With the union asked for, the engine would pass over FROM without a word.
    union = request.is_union and not query_policy.names_its_graphs(request.text)
    return {"use_default_graph_as_union": union}


def _media_type(results: _Results, request: Request) -> str:
    """Pick the media type for this kind of result, or raise `FormatUnavailable`."""
    if isinstance(results, QuerySolutions):
        return formats.of_result("SELECT", request.solutions)
    if isinstance(results, QueryBoolean):
        return formats.of_result("ASK", request.boolean)
    return formats.of_result("CONSTRUCT", request.graph)


def _serialise(results: _Results, media_type: str, rows: int, output: ResponseWriter) -> None:
    if not isinstance(results, QueryTriples):
        results.serialize(_file(output), RESULTS[media_type])
        return
    form = GRAPHS[media_type]
    triples = _counted(results, rows) if rows else results
    pyoxigraph.serialize(triples, _file(output), form, prefixes=formats.prefixes_for(form))


def _count(solutions: QuerySolutions, rows: int) -> None:
    """Raise `TooManyRows` if there are more; the engine writes rows without counting them."""
    for number, _ in enumerate(solutions, 1):
        _check(number, rows)


def _counted(triples: QueryTriples, rows: int) -> Iterator[Triple]:
    for number, triple in enumerate(triples, 1):
        _check(number, rows)
        yield triple


def _check(number: int, rows: int) -> None:
    if number > rows:
        raise TooManyRows(f"The result has more than {rows} rows: use LIMIT and OFFSET.")


def _file(output: ResponseWriter) -> IO[bytes]:
    """Give a response as the engine sees it: all it asks of a file is `write` and `flush`."""
    return cast("IO[bytes]", output)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
