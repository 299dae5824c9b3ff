"""The exit code of every error: the one place where errors become numbers.

| code | meaning |
| --- | --- |
| 0 | done; for `validate`, the files conform |
| 1 | the data, the store or the machine stand in the way |
| 2 | wrong use, or not done: the command cannot be carried out as it was given |
| 130 | interrupted (Ctrl-C) |
"""

from .. import errors

OK = 0
FAILURE = 1
USAGE = 2
INTERRUPTED = 130

_CODES: tuple[tuple[type[errors.StimsonError], int], ...] = (
    (errors.NothingToRead, USAGE),
    (errors.InvalidFile, USAGE),
    (errors.UnknownTriple, USAGE),
    (errors.UnknownRevision, USAGE),
    (errors.UnknownQuery, USAGE),
    (errors.InvalidQueryFile, USAGE),
    (errors.InvalidParameter, USAGE),
    (errors.QuerySyntaxError, USAGE),
    (errors.QueryRefused, USAGE),
    (errors.FormatUnavailable, USAGE),
    (errors.StimsonError, FAILURE),  # InvalidFiles, InvalidData, SnapshotMissing, PortInUse …
)


def code_of(fault: errors.StimsonError) -> int:
    """Give the exit code for an error."""
    return next(code for kind, code in _CODES if isinstance(fault, kind))
