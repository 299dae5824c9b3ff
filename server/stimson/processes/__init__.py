"""One supervisor for all that runs in processes of its own.

Work is shared among forked processes by `run`: lanes of tasks, within limits of time and
memory. Queries and checks of what is sent come one by one: a `fork_server` holds what they
all need, and a `supervisor` has it fork a process for them. All use the same fork and limits of
the kernel (`child`), and the same messages and form of errors (`framing`).

Where no process can be forked, or not safely since threads run, tasks run here, one by
one: what limits this process then limits them.
"""

from .child import can_fork, fork, processors
from .parallel import Cut, limited, mark, run, run_one

__all__ = [
    "Cut",
    "can_fork",
    "fork",
    "limited",
    "mark",
    "processors",
    "run",
    "run_one",
]
