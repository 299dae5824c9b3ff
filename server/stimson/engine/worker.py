"""The process that runs strangers' queries, one at a time.

It parses, evaluates and serialises; it can open nothing and outgrow nothing. All
that can go wrong in it ends with its death, which the pool turns into an error.
"""

import socket
from collections.abc import Collection, Iterator
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store, Triple

from .. import names
from ..errors import (
    FormatUnavailable,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTooLarge,
    TooManyRows,
)
from ..processes import confinement, die_with
from ..queries import syntax_error
from . import Request, query_policy
from .formats import BOOLEANS, GRAPHS, PREFIXED, RESULTS
from .wire import READ, WRITTEN, Frames, Tag, frame, pack_error, unpack_request

_Results = QuerySolutions | QueryBoolean | QueryTriples


def serve(channel: socket.socket, store: Store, memory_mb: int, rows: int, parent: int) -> None:
    """Answer queries until the other end hangs up, or `parent` ends.

    `rows` is the most that a result may have; 0 is for any number.
    """
    confinement.keep_only(channel.fileno())
    die_with(parent)
    confinement.give_way()
    confinement.shut_in(memory_mb)
    channel.sendall(frame(Tag.READY))
    frames, allowance = Frames(), confinement.Allowance()
    while data := channel.recv(READ):
        for _, body in frames.feed(data):
            request, seconds = unpack_request(body)
            allowance.grant(seconds)
            _reply(channel, store, request, rows)


def _reply(channel: socket.socket, store: Store, request: Request, rows: int) -> None:
    output = _Output(channel)
    try:
        if request.is_dump:
            _dump(store, request.graph, output)
        else:
            _answer(store, request, rows, output)
    except QueryError as error:
        output.fail(error)
    except MemoryError:
        output.fail(QueryTooLarge("The query needs more memory than it may have."))
    else:
        output.end()


def _answer(store: Store, request: Request, rows: int, output: "_Output") -> None:
    query_policy.reject_forbidden(request.text)
    dataset = _dataset(request)
    try:
        results = store.query(request.text, base_iri=request.base_iri, **dataset)
        media_type = _media_type(results, request)
        if rows and isinstance(results, QuerySolutions):
            _count(results, rows)
            results = store.query(request.text, base_iri=request.base_iri, **dataset)
        output.head(media_type)
        _serialise(results, media_type, rows, output)
    except SyntaxError as fault:
        raise syntax_error(str(fault)) from fault
    except (OSError, RuntimeError) as fault:
        # Evaluation is lazy, so it may fail as late as this. A call to the outside that
        # the guard overlooked ends here too: there is no descriptor for it.
        raise QueryRefused(f"The query cannot be evaluated: {fault}.") from fault


def _dump(store: Store, media_type: str | None, output: "_Output") -> None:
    """Send every graph under its name."""
    form = GRAPHS.get(media_type or "")
    if media_type is None or form is None or not form.supports_datasets:
        known = [name for name, each in GRAPHS.items() if each.supports_datasets]
        raise FormatUnavailable(f"A dataset is answered as one of {', '.join(known)}.")
    output.head(media_type)
    store.dump(output.file, form, prefixes=names.PREFIXES if form in PREFIXED else None)


def _dataset(request: Request) -> dict[str, Any]:
    """Choose the graphs: the protocol's parameters, else the query's FROM, else all of them."""
    if request.default_graphs or request.named_graphs:
        return {
            "default_graph": [_graph(iri) for iri in request.default_graphs],
            "named_graphs": [_graph(iri) for iri in request.named_graphs],
        }
    # With the union asked for, the engine would pass over FROM without a word.
    union = request.is_union and not query_policy.names_its_graphs(request.text)
    return {"use_default_graph_as_union": union}


def _graph(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as fault:
        raise QuerySyntaxError(f"A graph is named by an absolute IRI, not by {iri!r}.") from fault


def _media_type(results: _Results, request: Request) -> str:
    """Pick the media type for this kind of result, or raise `FormatUnavailable`."""
    known: Collection[str]
    if isinstance(results, QuerySolutions):
        kind, wanted, known = "A SELECT query", request.solutions, RESULTS
    elif isinstance(results, QueryBoolean):
        kind, wanted, known = "An ASK query", request.boolean, BOOLEANS
    else:
        kind, wanted, known = "A CONSTRUCT or DESCRIBE query", request.graph, GRAPHS
    if wanted is None or wanted not in known:
        raise FormatUnavailable(f"{kind} is answered as one of {', '.join(known)}.")
    return wanted


def _serialise(results: _Results, media_type: str, rows: int, output: "_Output") -> None:
    if not isinstance(results, QueryTriples):
        results.serialize(output.file, RESULTS[media_type])
        return
    form = GRAPHS[media_type]
    prefixes = names.PREFIXES if form in PREFIXED else None
    triples = _counted(results, rows) if rows else results
    pyoxigraph.serialize(triples, output.file, form, prefixes=prefixes)


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


class _Output:
    """Send an answer as frames; a small one in one go."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._head = b""  # frames that are still to be sent
        self._data: list[bytes] = []
        self._size = 0

    @property
    def file(self) -> IO[bytes]:
        """This, as the engine sees it: all it asks of a file is `write` and `flush`."""
        return cast("IO[bytes]", self)

    def head(self, media_type: str) -> None:
        """Say what follows."""
        self._head = frame(Tag.HEAD, media_type.encode())

    def write(self, data: bytes) -> int:
        """Send a part of the answer."""
        self._data.append(data)
        self._size += len(data)
        if self._size >= WRITTEN:
            self._send()
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is left is sent with the end."""

    def end(self) -> None:
        """Say that the answer is whole."""
        self._send(frame(Tag.END))

    def fail(self, error: QueryError) -> None:
        """Say why there is none."""
        self._channel.sendall(frame(Tag.ERROR, pack_error(error)))

    def _send(self, end: bytes = b"") -> None:
        """Send what there is, in frames that are soon read: one literal may be most of it."""
        data = memoryview(b"".join(self._data))
        self._data.clear()
        while len(data) > WRITTEN:
            self._channel.sendall(self._head + frame(Tag.DATA, data[:WRITTEN]))
            self._head, data = b"", data[WRITTEN:]
        self._channel.sendall(self._head + frame(Tag.DATA, data) + end)
        self._head, self._size = b"", 0
