"""The process that holds all that is shipped, and forks another for each check.

It reads nothing of a stranger's: it passes the bytes on and the outcome back. It ends
when the server does, for then the pipe between them breaks.
"""

import gc
import os
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from ...errors import CheckerFailed, CheckError, CheckTimeout, CheckTooDeep, CheckTooLarge
from ...processes import confinement
from . import Contribution
from .job import DEEP, LARGE, Validator, outcome, run
from .wire import pack

READY = b"R"
LATE = "The check ran past its deadline: send the contribution in parts."
_REPORT = 32 * 2**20  # bytes
_PIECE = 2**16


@dataclass(frozen=True, slots=True)
class Order:
    """A check to be made, within `seconds`, and the name of the format of its report."""

    contribution: Contribution
    form: str
    seconds: float


class _Gone(Exception):
    """The server hung up."""


def keep(connection: Connection, memory_mb: int) -> None:
    """Load what is shipped, then check contributions until the other end hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server to handle
    confinement.keep_only(connection.fileno())
    from .validator import load  # not above: the server, which imports this module, checks nothing

    gc.disable()  # nothing that is loaded now is garbage
    validator = load()
    os.chdir(os.sep)  # a report says where files are; where the server was started is its matter
    gc.freeze()  # it stays as it is, so that forked processes share it
    gc.enable()
    connection.send_bytes(READY)
    has_fork = hasattr(os, "fork")
    while True:
        try:
            order = connection.recv()
            if not has_fork:
                # This process is the one that is lost, and the server starts another.
                connection.send_bytes(pack(outcome(validator, order.contribution, order.form)))
                return
            connection.send_bytes(_fork(connection, validator, order, memory_mb))
        except (EOFError, OSError, _Gone):
            return


def _fork(connection: Connection, validator: Validator, order: Order, memory_mb: int) -> bytes:
    """Have a process of its own make the check, and return the outcome as it is sent."""
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        run(validator, order.contribution, order.form, sender, order.seconds, memory_mb)
    os.close(sender)
    try:
        found = _collect(connection, receiver, time.monotonic() + order.seconds)
    except CheckError as error:
        return pack(error)
    finally:
        os.close(receiver)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    # It closes its end only by ending, so what came before an end in order is whole.
    code = os.waitstatus_to_exitcode(status)
    return pack(_cause_of_death(code)) if code else found


def _collect(connection: Connection, receiver: int, deadline: float) -> bytes:
    """Receive the outcome up to its end."""
    found = bytearray()
    while True:
        ready = wait([connection, receiver], max(0.0, deadline - time.monotonic()))
        if connection in ready:  # it has nothing to say before it has its answer
            raise _Gone
        if not ready:
            raise CheckTimeout(LATE)
        piece = os.read(receiver, _PIECE)
        if not piece:
            return bytes(found)
        found += piece
        if len(found) > _REPORT:
            raise CheckTooLarge(f"The report has more than {_REPORT >> 20} MiB: send less at once.")


def _cause_of_death(code: int) -> CheckError:
    match code:
        case _ if code == -signal.SIGABRT:  # an allocation was refused
            return CheckTooLarge(LARGE)
        case _ if code == -signal.SIGSEGV:  # a parser's stack overflowed
            return CheckTooDeep(DEEP)
        case _ if code == -signal.SIGXCPU:
            return CheckTimeout(LATE)
        case _:
            return CheckerFailed(
                f"The process of the check was lost (exit code {code}): try again."
            )
