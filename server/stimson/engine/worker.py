"""The process that runs strangers' queries, one at a time.

It parses, evaluates and serialises; it can open nothing and outgrow nothing. All
that can go wrong in it ends with its death, which the pool turns into an error.
"""

import io
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph
from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from .. import names
from ..errors import FormatUnavailable, QueryError, QueryRefused, QuerySyntaxError, QueryTooLarge
from ..snapshot.ask import syntax_error
from . import Request, guard, limits
from .formats import BOOLEANS, GRAPHS, PREFIXED, RESULTS
from .wire import FRAME, Tag, pack_error
from .zygote import load

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def serve(connection: Connection, dataset: Path, memory_mb: int) -> None:
    """Answer queries until the other end hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server to handle
    limits.keep_only(connection.fileno())
    limits.die_with_the_zygote()
    store = load(dataset)
    limits.shut_in(memory_mb)
    connection.send_bytes(Tag.READY)
    while True:
        try:
            request, seconds = connection.recv()
        except EOFError:
            return
        limits.allow_cpu(seconds)
        _reply(connection, store, request)


def _reply(connection: Connection, store: Store, request: Request) -> None:
    try:
        _answer(connection, store, request)
    except QueryError as error:
        connection.send_bytes(Tag.ERROR + pack_error(error))
    except MemoryError:
        outgrown = QueryTooLarge("The query needs more memory than it may have.")
        connection.send_bytes(Tag.ERROR + pack_error(outgrown))
    else:
        connection.send_bytes(Tag.END)


def _answer(connection: Connection, store: Store, request: Request) -> None:
    guard.refuse(request.text)
    dataset = _dataset(request)
    try:
        results = store.query(request.text, base_iri=request.base_iri, **dataset)
        media_type = _media_type(results, request)
        connection.send_bytes(Tag.HEAD + media_type.encode())
        with io.BufferedWriter(_Frames(connection), FRAME) as output:
            _serialise(results, media_type, output)
    except SyntaxError as fault:
        raise syntax_error(str(fault)) from fault
    except (OSError, RuntimeError) as fault:
        # Evaluation is lazy, so it may fail as late as this. A call to the outside that
        # the guard overlooked ends here too: there is no descriptor for it.
        raise QueryRefused(f"The query cannot be evaluated: {fault}.") from fault


def _dataset(request: Request) -> dict[str, Any]:
    """Choose the graphs: the protocol's parameters, else the query's FROM, else all of them."""
    if request.default_graphs or request.named_graphs:
        return {
            "default_graph": [_graph(iri) for iri in request.default_graphs],
            "named_graphs": [_graph(iri) for iri in request.named_graphs],
        }
    # With the union asked for, the engine would pass over FROM without a word.
    return {"use_default_graph_as_union": not guard.names_its_graphs(request.text)}


def _graph(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as fault:
        raise QuerySyntaxError(f"A graph is named by an absolute IRI, not by {iri!r}.") from fault


def _media_type(results: QuerySolutions | QueryBoolean | QueryTriples, request: Request) -> str:
    """Pick the media type for this kind of result, or raise `FormatUnavailable`."""
    if isinstance(results, QuerySolutions):
        kind, wanted, known = "A SELECT query", request.solutions, tuple(RESULTS)
    elif isinstance(results, QueryBoolean):
        kind, wanted, known = "An ASK query", request.boolean, tuple(BOOLEANS)
    else:
        kind, wanted, known = "A CONSTRUCT or DESCRIBE query", request.graph, tuple(GRAPHS)
    if wanted is None or wanted not in known:
        raise FormatUnavailable(f"{kind} is answered as one of {', '.join(known)}.")
    return wanted


def _serialise(
    results: QuerySolutions | QueryBoolean | QueryTriples,
    media_type: str,
    output: IO[bytes],
) -> None:
    if not isinstance(results, QueryTriples):
        results.serialize(output, RESULTS[media_type])
    elif (form := GRAPHS[media_type]) in PREFIXED:
        pyoxigraph.serialize(results, output, form, prefixes=names.PREFIXES)
    else:
        results.serialize(output, form)


class _Frames(io.RawIOBase):
    """Send what is written to it as frames."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        view = memoryview(data)
        for start in range(0, len(view), FRAME):
            self._connection.send_bytes(Tag.DATA + bytes(view[start : start + FRAME]))
        return len(view)
