"""Answer SPARQL queries: a snapshot and a query in, bytes out.

`Engine` is the only face of this package that others know. The embedded engine
(`pool`) runs each query in a worker process that is killed at its deadline.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
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
    default_graphs: tuple[str, ...] = field(default=())
    named_graphs: tuple[str, ...] = field(default=())
    timeout: float | None = None  # seconds; never more than the engine's own limit


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: nothing is handed out before its last byte is known to exist."""

    media_type: str
    length: int  # bytes
    chunks: Iterator[bytes]


class Engine(Protocol):
    """What the web and the command line know of any engine."""

    def answer(self, request: Request) -> AbstractContextManager[Answer]:
        """Answer `request`, or raise a `QueryError`; leaving the context frees everything."""

    def is_ready(self) -> bool:
        """Tell whether a query sent now would be answered."""

    def close(self) -> None:
        """End the engine's processes."""
