"""What becomes of a task, in a form that travels from one process to another.

It is a pair: what kind of outcome, and an answer, the parts of an exception or of a `Cut`.
"""

import pickle
from collections.abc import Callable
from traceback import format_exc
from typing import Any

from .limits import Why


def carry_out(task: Callable[[], Any], mark: Callable[[], str]) -> bytes:
    """Run a task, and pickle its answer, its exception, or why it was cut."""
    try:
        return pickle.dumps(("done", task()))
    except MemoryError:
        return _cut(mark, "memory")
    except RecursionError:
        return _cut(mark, "depth")
    except (Exception, KeyboardInterrupt, SystemExit) as fault:
        fault.add_note(f"In a process of its own:\n{format_exc()}")
        return pickle.dumps(("failed", _take_apart(fault)))
    except BaseException:  # a panic of a library written in Rust
        return _cut(mark, "crash")


def _cut(mark: Callable[[], str], why: Why) -> bytes:
    return pickle.dumps(("cut", (why, mark())))


def _take_apart(
    fault: BaseException,
) -> tuple[type[BaseException], tuple[Any, ...], dict[str, Any]]:
    """Split an exception into what can be pickled, whatever arguments its class takes."""
    state = {name: value for name, value in vars(fault).items() if _is_picklable(value)}
    args = tuple(value if _is_picklable(value) else repr(value) for value in fault.args)
    return type(fault), args, state


def rebuild(
    kind: type[BaseException], args: tuple[Any, ...], state: dict[str, Any]
) -> BaseException:
    """Make an exception out of the parts that came from a child."""
    # Its own class need not accept the arguments that it has handed on to its base.
    fault = kind.__new__(kind, *args)
    fault.args = args
    vars(fault).update(state)
    return fault


def _is_picklable(value: Any) -> bool:
    try:
        pickle.dumps(value)
    except (pickle.PicklingError, TypeError, AttributeError):
        return False
    return True
