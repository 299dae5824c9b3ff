"""Work shared among processes gives what one process gives."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from collections import Counter
from shacl_random import World
from shacl_reference import ours, turtle
from stimson import processes, shacl
from stimson.processes import parallel
from stimson.shacl import processor
from test_shacl_sparql import DATA, OWN, shape

forks, shares = [], []
fork = parallel.fork
parallel.fork = lambda *task: forks.append(task) or fork(*task)
processes.processors = lambda: 3
worlds = [World(seed) for seed in range(40)]
pairs = [(world.data, world.shapes) for world in worlds]
pairs += [(DATA, shape(query)) for query in OWN.values()]
for data_text, shapes_text in pairs:
    data, shapes = turtle(data_text), turtle(shapes_text)
    processor.MANY = 10**9
    alone = shacl.validate(data, shapes)
    forks.clear()
    processor.MANY = 0
    shared = shacl.validate(data, shapes)
    shares.append(len(forks))
    assert ours(alone, shapes) == ours(shared, shapes)
    assert Counter(alone.failures) == Counter(shared.failures)
assert sum(number > 1 for number in shares) > len(pairs) / 2, shares
print(len(pairs), "agree")
"""


def test_several_processes_find_what_one_finds():
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.stdout.endswith("agree\n"), ended.stderr[-2000:]
