"""How an error goes from one process to another: by its class, its arguments and its attributes.

Between processes that trust each other the three are pickled, for any exception. A process that
has read what somebody sent is trusted with nothing that builds objects: from it come JSON, and
errors of this package only.
"""

import json
import pickle
from collections.abc import Callable
from typing import Any, TypeVar

from .. import errors
from ..errors import StimsonError

Error = TypeVar("Error", bound=StimsonError)
_Fault = TypeVar("_Fault", bound=BaseException)


def to_pickle(fault: BaseException) -> bytes:
    """Write any exception, whatever arguments its class takes."""
    return pickle.dumps((type(fault), *_parts(fault, _is_picklable)))


def from_pickle(body: bytes) -> BaseException:
    """Read an exception that a trusted process has written."""
    kind: type[BaseException]
    kind, arguments, state = pickle.loads(body)
    return _rebuild(kind, arguments, state)


def to_json(error: StimsonError) -> bytes:
    """Write an error of this package."""
    return json.dumps([type(error).__name__, *_parts(error, _is_plain)]).encode()


def from_json(body: bytes, base: type[Error]) -> Error:
    """Read an error of the class `base`, or raise `ValueError`: it is from who is not trusted."""
    try:
        name, arguments, state = json.loads(body)
        kind: type[Error] = getattr(errors, name)
        if not issubclass(kind, base):
            raise ValueError(f"{name} is no {base.__name__}.")
        return _rebuild(kind, arguments, state)
    except (AttributeError, TypeError) as fault:
        raise ValueError("What came is no error.") from fault


def _parts(
    fault: BaseException, is_fit: Callable[[Any], bool]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Take an exception apart, into what can be sent."""
    state = {name: value for name, value in vars(fault).items() if is_fit(value)}
    return tuple(value if is_fit(value) else repr(value) for value in fault.args), state


def _rebuild(kind: type[_Fault], arguments: Any, state: dict[str, Any]) -> _Fault:
    # Its own class need not accept the arguments that it has handed on to its base.
    fault = kind.__new__(kind, *arguments)
    fault.args = tuple(arguments)
    vars(fault).update(state)
    return fault


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _is_picklable(value: Any) -> bool:
    try:
        pickle.dumps(value)
    except (pickle.PicklingError, TypeError, AttributeError):
        return False
    return True
