"""One check, in the process that was forked for it and that ends with it."""

import os
import signal
from pathlib import Path
from traceback import walk_tb
from typing import Protocol

from ...errors import CheckerFailed, CheckError, CheckTooDeep, CheckTooLarge
from ...processes import confinement
from . import Contribution, Verdict
from .wire import pack

DEEP = "The contribution is nested too deeply to be read: give its blank nodes names."
LARGE = "The contribution needs more memory to be checked than it may have: send it in parts."
_STANDARD = (0, 1, 2)  # input, output, errors


class Validator(Protocol):
    """What the process needs to know of the checks."""

    def check(self, contribution: Contribution, form: str) -> Verdict:
        """Check what was sent and write the report as `form`."""


def run(
    validator: Validator,
    contribution: Contribution,
    form: str,
    output: int,
    seconds: float,
    memory_mb: int,
) -> None:
    """Shut this process in, check, write the outcome to the descriptor `output`, and end."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _hush()
        confinement.keep_only(output)
        confinement.die_with_the_zygote()
        confinement.shut_in(memory_mb)
        confinement.allow_cpu(seconds)
        _write(output, pack(outcome(validator, contribution, form)))
        status = 0
    finally:
        os._exit(status)  # what the keeper would do at its end is not for this process


def outcome(validator: Validator, contribution: Contribution, form: str) -> Verdict | CheckError:
    """Check, and turn whatever goes wrong into an error that can travel."""
    try:
        return validator.check(contribution, form)
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


def _hush() -> None:
    """Let nothing that libraries print or log quote the contribution."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in _STANDARD:
        os.dup2(nowhere, stream)


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
