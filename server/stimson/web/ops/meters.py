"""Count what happens, and write it down for Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4). A count is
an entry in a dictionary: of one process, touched by the one thread of its event loop.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTER, GAUGE, HISTOGRAM = "counter", "gauge", "histogram"
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_ENDLESS = "+Inf"
_LIMITS = (*map(str, _BOUNDS), _ENDLESS)

Key = tuple[str, ...]  # the name of a sample, then the values of its labels
Samples = Mapping[Key, float]


@dataclass(frozen=True, slots=True)
class Family:
    """What Prometheus is told of samples of one name."""

    name: str
    kind: str
    doc: str
    labels: tuple[str, ...] = ()
    is_same: bool = False  # in every process, so that it is not to be added up


class Meters:
    """The counts of one process."""

    def __init__(self) -> None:
        self.samples: defaultdict[Key, float] = defaultdict(float)

    def expect(self, name: str, labels: Iterable[str]) -> None:
        """Begin to count at zero what may happen: a rate needs a value from before it did."""
        self.samples.update({(name, label): 0 for label in labels})

    def add(self, *key: str, amount: float = 1) -> None:
        """Add to a counter."""
        self.samples[key] += amount

    def observe(self, name: str, label: str, value: float) -> None:
        """Add to a histogram with one label."""
        limit = _LIMITS[bisect_left(_BOUNDS, value)]
        self.add(f"{name}_bucket", label, limit)
        self.add(f"{name}_sum", label, amount=value)


def add_up(families: Iterable[Family], *processes: Samples) -> dict[Key, float]:
    """Make the samples of several processes into one."""
    same = {family.name for family in families if family.is_same}
    total: dict[Key, float] = {}
    for samples in processes:
        for key, value in samples.items():
            total[key] = value if key[0] in same else total.get(key, 0) + value
    return total


def expose(families: Iterable[Family], samples: Samples) -> str:
    """Write samples, family by family."""
    lines: list[str] = []
    for family in families:
        lines += f"# HELP {family.name} {family.doc}", f"# TYPE {family.name} {family.kind}"
        if family.kind == HISTOGRAM:
            lines += _histograms(family, samples)
        else:
            lines += _plain(family, samples)
    return "".join(f"{line}\n" for line in lines)


def _plain(family: Family, samples: Samples) -> Iterable[str]:
    for key in sorted(samples):
        if key[0] == family.name:
            yield _line(family.name, zip(family.labels, key[1:], strict=True), samples[key])


def _histograms(family: Family, samples: Samples) -> Iterable[str]:
    """Add bucket to bucket: each counts all that is below it."""
    (label,) = family.labels
    for name in sorted({key[1] for key in samples if key[0] == f"{family.name}_sum"}):
        count = 0.0
        for limit in _LIMITS:
            count += samples.get((f"{family.name}_bucket", name, limit), 0)
            yield _line(f"{family.name}_bucket", ((label, name), ("le", limit)), count)
        total = samples[f"{family.name}_sum", name]
        yield _line(f"{family.name}_sum", ((label, name),), total)
        yield _line(f"{family.name}_count", ((label, name),), count)


def _line(name: str, labels: Iterable[tuple[str, str]], value: float) -> str:
    written = ",".join(f'{label}="{_escape(text)}"' for label, text in labels)
    return f"{name}{{{written}}} {value:.15g}" if written else f"{name} {value:.15g}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
