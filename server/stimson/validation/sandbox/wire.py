"""What goes through the pipes of a check: a tag of one byte, then a report or an error.

Errors travel as JSON, never pickled: who sends them has read a stranger's text.
"""

import json

from ... import errors
from ...errors import CheckError
from . import Verdict

CONFORMS = b"C"
DIFFERS = b"D"
_ERROR = b"X"


def pack(outcome: Verdict | CheckError) -> bytes:
    """Write the outcome of a check."""
    if isinstance(outcome, CheckError):
        return _ERROR + json.dumps([type(outcome).__name__, str(outcome)]).encode()
    return (CONFORMS if outcome.conforms else DIFFERS) + outcome.report


def unpack(content: bytes) -> Verdict:
    """Read the outcome of a check, or raise the `CheckError` that came instead."""
    tag, body = content[:1], content[1:]
    if tag == _ERROR:
        name, message = json.loads(body)
        kind: type[CheckError] = getattr(errors, name)
        raise kind(message)
    return Verdict(tag == CONFORMS, body)
