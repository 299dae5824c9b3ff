"""Wait for what must come, for as long as a busy machine may take.

No test measures the machine: what it waits for is a condition, and the bound below only ends
what hangs.
"""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 120.0  # seconds: far more than anything takes, however much else is running
Found = TypeVar("Found")


def wait_for(condition: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """Wait until `condition` gives something true, and give it back; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"still {found!r} after {seconds:g} seconds"
        time.sleep(0.02)
    return found
