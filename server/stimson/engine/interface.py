"""What an engine is: the two faces that it has, and what goes in and comes out."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol


class Request(NamedTuple):
    """One query, with what its answer must look like.

    The form of a query (SELECT, ASK, CONSTRUCT, DESCRIBE) is known only once a
    worker has parsed it, so the caller says beforehand which media type it
    wants for each kind of result; None means that none was acceptable.
    """

    text: str
    base_iri: str
    solutions: str | None = "application/sparql-results+json"
    boolean: str | None = "application/sparql-results+json"
    graph: str | None = "text/turtle"
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    is_union: bool = True  # without FROM: over all graphs, or over the default graph alone
    is_dump: bool = False  # there is no query: the whole dataset is asked for, as `graph`
    timeout: float | None = None  # seconds; never more than the engine's own limit
    client: str | None = None  # whose turn it is; None is the server itself


class Answer(NamedTuple):
    """A whole answer: nothing is handed out before its last byte is known to exist."""

    media_type: str
    length: int  # bytes
    chunks: Iterator[bytes]
    body: bytes | None = None  # the same, where it is small enough to be held in memory
    close: Callable[[], None] = lambda: None


class Load(NamedTuple):
    """What the workers of an engine are doing."""

    workers: int
    idle: int
    waiting: int  # queries that wait for one
    replaced: int  # workers that have ended and were replaced


class AsyncEngine(Protocol):
    """An engine on an event loop. Every method belongs to that loop."""

    async def start(self) -> None:
        """Make it ready, or raise `EngineFailed`."""

    async def reply(self, request: Request) -> Answer:
        """Answer `request`, or raise a `QueryError`; who is cancelled frees the worker.

        The answer is to be closed.
        """

    def load(self) -> Load:
        """Say what its workers are doing."""

    async def close(self) -> None:
        """End the engine's processes."""


class Engine(Protocol):
    """An engine for code that waits."""

    def answer(self, request: Request) -> AbstractContextManager[Answer]:
        """Answer `request`, or raise a `QueryError`; leaving the context frees everything."""

    def is_ready(self) -> bool:
        """Tell whether a query sent now would be answered."""

    def close(self) -> None:
        """End the engine's processes."""
