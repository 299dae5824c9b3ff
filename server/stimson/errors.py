"""Every error this package raises on purpose.

* StimsonError
  + NothingToRead       a folder or pattern that should hold files holds none
  + InvalidFile         a file cannot be read as what it should be (position known)
  + InvalidFiles        several of them cannot (each with its position)
  + InvalidData         files that must be valid to go on are not (findings say why)
  + UnknownTriple       nothing in the graph says or concludes what is to be explained
  + UnknownQuery        no saved query bears that name
  + InvalidParameter    a value does not fit a saved query's parameter
  + InvalidQueryFile    a saved query's header is incomplete
  + SnapshotMissing     nothing has been built yet
  + PortInUse           another program listens there
  + QueryError          a query that was not answered
    - QuerySyntaxError  it does not parse (line and column known)
    - QueryRefused      it asks for what this service does not do (SERVICE, LOAD)
    - FormatUnavailable its kind of result has no such format
    - QueryTimeout      it ran past its deadline
    - QueryTooLarge     it outgrew its memory, or its result outgrew the limit
    - QueryTooDeep      it is nested too deeply to be parsed
    - EngineBusy        no worker came free in time
    - EngineFailed      the worker was lost for another reason
"""

from collections.abc import Sequence
from pathlib import Path


class StimsonError(Exception):
    """Base class: one ``except StimsonError`` catches everything below."""


class NothingToRead(StimsonError):
    """A folder or pattern that should hold files holds none."""


class InvalidFile(StimsonError):
    """A file cannot be read as what it should be.

    `line` and `column` count from 1, and are None where the reader gives none.
    """

    def __init__(
        self, path: Path, problem: str, line: int | None = None, column: int | None = None
    ) -> None:
        self.path, self.problem, self.line, self.column = path, problem, line, column
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {problem}")


class InvalidFiles(StimsonError):
    """Files cannot be read as what they should be; `faults` has one `InvalidFile` for each."""

    def __init__(self, faults: Sequence[InvalidFile]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in faults))


class InvalidData(StimsonError):
    """Files that must be valid to go on are not."""


class UnknownTriple(StimsonError):
    """Nothing in the graph says or concludes what is to be explained."""


class UnknownQuery(StimsonError):
    """No saved query bears that name."""


class InvalidQueryFile(StimsonError):
    """A saved query cannot be read as written."""


class InvalidParameter(StimsonError):
    """A value does not fit a saved query's parameter, or there is no such parameter."""


class SnapshotMissing(StimsonError):
    """Nothing has been built yet, or what was built is gone."""


class PortInUse(StimsonError):
    """Another program listens on the address asked for."""


class QueryError(StimsonError):
    """A query was not answered."""


class QuerySyntaxError(QueryError):
    """A query does not parse; `line` and `column` count from 1 where they are known."""

    def __init__(self, problem: str, line: int | None = None, column: int | None = None) -> None:
        self.problem, self.line, self.column = problem, line, column
        place = f"line {line}, column {column}: " if line is not None else ""
        super().__init__(f"{place}{problem}")


class QueryRefused(QueryError):
    """A query asks for what this service does not do."""


class FormatUnavailable(QueryError):
    """A query's kind of result has no serialisation in the format asked for."""


class QueryTimeout(QueryError):
    """A query ran past its deadline."""


class QueryTooLarge(QueryError):
    """A query outgrew its memory, or its result outgrew the limit."""


class QueryTooDeep(QueryError):
    """A query is nested too deeply to be parsed."""


class EngineBusy(QueryError):
    """No worker came free in time."""


class EngineFailed(QueryError):
    """A worker was lost for a reason that is not the query's."""
