"""Work in forked processes, within limits of time and memory.

A lane is a row of tasks that one process carries out, one after the other; lanes run at the
same time. A process begins with all that its parent knows and sends back one pickled answer
for each task. Where a task takes too long, needs too much memory or ends its process, a
`Cut` stands in place of its answer, and a new process carries out the tasks after it.

Where no process can be forked, or not safely since threads run, tasks run here, one by
one: what limits this process then limits them.
"""

from .child import can_fork, die_with, mark, processors
from .lanes import run, run_one
from .limits import Cut, limit_memory, limited

__all__ = [
    "Cut",
    "can_fork",
    "die_with",
    "limit_memory",
    "limited",
    "mark",
    "processors",
    "run",
    "run_one",
]
