"""Every error this package raises on purpose, in one tree."""

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


class UnknownRevision(StimsonError):
    """There is no revision of that name, no repository, or no git."""


class UnknownQuery(StimsonError):
    """No saved query bears that name."""


class InvalidQueryFile(StimsonError):
    """A saved query cannot be read as written."""


class InvalidParameter(StimsonError):
    """A value does not fit a saved query's parameter, or there is no such parameter."""


class UnknownValue(InvalidParameter):
    """A parameter is given a value that the graph does not hold; `meant` may be meant."""

    def __init__(
        self, problem: str, meant: Sequence[tuple[str, str]] = (), parameter: str = ""
    ) -> None:
        super().__init__(problem)
        self.parameter = parameter
        self.meant = tuple(meant)  # IRIs with their labels


class SnapshotMissing(StimsonError):
    """Nothing has been built yet, or what was built is gone."""


class StoreUnusable(StimsonError):
    """Snapshots cannot be kept where they should be."""


class PortInUse(StimsonError):
    """Another program listens on the address asked for."""


class FetchFailed(StimsonError):
    """An address elsewhere gave no answer that could be used."""


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
    """A query outgrew its memory."""


class ResultTooLarge(QueryTooLarge):
    """A result has more bytes than one may have."""


class TooManyRows(QueryTooLarge):
    """A result has more rows than one may have."""


class QueryTooDeep(QueryError):
    """A query is nested too deeply to be parsed."""


class EngineBusy(QueryError):
    """No worker came free in time."""


class QueueFull(EngineBusy):
    """Too many others are waiting for a worker."""


class EngineFailed(QueryError):
    """A worker was lost for a reason that is not the query's."""


class EngineDown(EngineFailed):
    """A remote engine cannot be reached."""


class AnswerUnusable(EngineFailed):
    """A remote engine answered what cannot be passed on, such as a part of an answer."""


class PeerError(StimsonError):
    """Another server gave no response that could be used; its `problem` follows its address."""

    def __init__(self, address: str, problem: str) -> None:
        self.problem = problem
        super().__init__(f"{address} {problem}.")


class PeerUnreachable(PeerError):
    """No connection to another server came about."""


class PeerLost(PeerError):
    """The connection to another server broke before its response was whole."""


class PeerSlow(PeerError):
    """Another server did not answer in time."""


class PeerTooLarge(PeerError):
    """The response of another server is larger than it may be."""


class ReleaseFailed(StimsonError):
    """A snapshot was not loaded into another server."""


class NotReady(StimsonError):
    """A query sent now would not be answered, or one sent soon will not."""


class MetricsRefused(StimsonError):
    """The metrics are not for whoever asked for them."""


class TooManyRequests(StimsonError):
    """One client asks for more than its share; `seconds` says when to come back."""

    def __init__(self, message: str, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(message)


class ClientBusy(TooManyRequests):
    """Too many requests of one client are being answered."""


class RateExceeded(TooManyRequests):
    """A client has sent too many requests in too short a time."""


class CheckError(StimsonError):
    """A contribution was not checked."""


class CheckTimeout(CheckError):
    """Checking a contribution ran past its deadline."""


class CheckTooLarge(CheckError):
    """Checking a contribution outgrew its memory, or its report outgrew the limit."""


class CheckTooDeep(CheckError):
    """A contribution is nested too deeply to be read."""


class CheckerBusy(CheckError):
    """No checker came free in time."""


class CheckerFailed(CheckError):
    """A checker was lost for a reason that is not the contribution's."""


class InvalidReconciliation(StimsonError):
    """A request for reconciliation is not of the shape it should have."""


class ReconciliationTooLarge(StimsonError):
    """A request for reconciliation asks for more than one may."""


class ReconciliationUnavailable(StimsonError):
    """This graph cannot be reconciled against."""


class InvalidSearch(StimsonError):
    """A search cannot be read, or names what there is not."""


class SearchUnavailable(StimsonError):
    """There is no search now, or it takes too long."""
