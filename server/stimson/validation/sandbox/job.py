"""The program that loads all that is shipped, and whose forked children make one check each.

It reads nothing that was sent: that is for its children. A child is sent its job and answers
with a report; then it is ended.
"""

import marshal
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from traceback import walk_tb

from ...errors import CheckerFailed, CheckError, CheckTooDeep, CheckTooLarge
from ...processes import fork_server
from ...processes.child import limit_cpu
from ...processes.framing import ResponseWriter, Tag, frame, requests
from . import Submission, SubmissionResult

Check = Callable[[Submission, str], SubmissionResult]  # the second is the format of the report
CONFORMS = b"conforms"  # the head of a response, if so
DEEP = "The contribution is nested too deeply to be read: give its blank nodes names."
LARGE = "The contribution needs more memory to be checked than it may have: send it in parts."


def pack_job(submission: Submission, report_format: str, seconds: float) -> bytes:
    """Write a check to be made as a frame: of what, in which format, and how long it may take."""
    return frame(Tag.REQUEST, marshal.dumps((tuple(submission), report_format, seconds)))


def main(control: int, memory_mb: int) -> None:
    """Fork a process for each socket that comes."""
    confinement = fork_server.Confinement(memory_mb, is_silent=True)
    fork_server.run(control, _load, confinement)


def _load() -> fork_server.Serve:
    from .validator import load  # not above: the server, which imports this module, checks nothing

    check = load().check
    os.chdir(os.sep)  # a report says where files are; where the server was started is its matter
    return partial(serve, check)


def serve(check: Check, channel: socket.socket) -> None:
    """Make one check."""
    sent, report_format, seconds = marshal.loads(next(requests(channel)))
    limit_cpu(seconds)
    found = outcome(partial(check, Submission(*sent), report_format))
    output = ResponseWriter(channel)
    if isinstance(found, CheckError):
        output.fail(found)
        return
    output.head(CONFORMS if found.conforms else b"")
    output.write(found.report)
    output.end()


def outcome(check: Callable[[], SubmissionResult]) -> SubmissionResult | CheckError:
    """Check, and turn whatever goes wrong into an error that can travel."""
    try:
        return check()
    except CheckError as error:
        return error
    except MemoryError:
        return CheckTooLarge(LARGE)
    except RecursionError:
        return CheckTooDeep(DEEP)
    except Exception as fault:
        # A fault of ours. It is told by its kind and place: its words may quote the text.
        *_, (frame, line) = walk_tb(fault.__traceback__)
        name = f"{type(fault).__name__} in {Path(frame.f_code.co_filename).name}, line {line}"
        return CheckerFailed(f"The checker failed ({name}); please report it.")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
