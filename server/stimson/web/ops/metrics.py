"""What is counted and measured, for Prometheus.

Several web processes count in files of a folder that they share (see `sharing`), and any of
them adds up the files of all: https://prometheus.github.io/client_python/multiprocess/.
"""

import os
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from ... import __version__
from ...snapshot import Snapshot
from .access_log import AccessRecord
from .sharing import files

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
# What may become of a query: the last part of the problem's type, or one of these.
OK, CLIENT_LEFT = "ok", "client-left"
_OUTCOMES = (
    OK,
    CLIENT_LEFT,
    "query-syntax",
    "query-refused",
    "format-unavailable",
    "query-timeout",
    "query-too-large",
    "result-too-large",
    "too-many-rows",
    "query-too-deep",
    "engine-busy",
    "queue-full",
    "engine-failed",
    "engine-answer",
    "engine-down",
)
_TOGETHER = 100  # requests; counted one by one in shared files, cheap ones cost 8 % more
disable_created_metrics()  # type: ignore[no-untyped-call]  # else each counter has a gauge beside it, the time when it began
_PROC = Path("/proc")
_ENGINE = b"stimson.engine"


class Metrics(Collector):
    """The metrics of the server, of which this process counts its part."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is the one that the web processes share, where there are several."""
        self.snapshot: Snapshot | None = None
        self._finished: deque[tuple[tuple[str, str, int], float, int, str, str]] = deque()
        self._folder = folder
        self._started = time.time()
        self._registry = registry = CollectorRegistry()
        counter = partial(Counter, registry=registry)
        gauge = partial(Gauge, registry=registry, multiprocess_mode="livesum")
        histogram = partial(Histogram, registry=registry, buckets=_BUCKETS)
        self._requests = counter(
            "stimson_http_requests_total", "Requests answered.", ("method", "route", "status")
        )
        self._request_seconds = histogram(
            "stimson_http_request_duration_seconds",
            "Time from the head of a request to its response.",
            ("route",),
        )
        self._response_bytes = counter(
            "stimson_http_response_bytes_total", "Bytes of response bodies.", ("route",)
        )
        self._problems = counter(
            "stimson_http_problems_total", "Requests answered with a problem.", ("problem",)
        )
        self.open_requests = gauge("stimson_http_requests_open", "Requests being answered.")
        self._queries = counter("stimson_queries_total", "Queries, by outcome.", ("outcome",))
        self._query_seconds = histogram(
            "stimson_query_duration_seconds", "Time of queries, waiting included.", ("outcome",)
        )
        self.workers = gauge("stimson_query_workers", "Query workers, by state.", ("state",))
        self.replaced_workers = counter(
            "stimson_query_workers_replaced_total", "Query workers that ended and were replaced."
        )
        self.waiting_queries = gauge("stimson_queries_waiting", "Queries waiting for a worker.")
        self._lookups = counter(
            "stimson_cache_lookups_total", "Queries looked up in the cache.", ("result",)
        )
        self.cache_bytes = gauge("stimson_cache_bytes", "Bytes of cached responses.")
        self.cache_limit = gauge("stimson_cache_limit_bytes", "Bytes the cache may hold.")
        self.switches = counter(
            "stimson_snapshot_switches_total", "Attempts to switch to a new snapshot.", ("outcome",)
        )
        self.lost_lines = counter(
            "stimson_log_lines_lost_total", "Lines of the log that could not be written."
        )
        gauge("stimson_web_processes", "Web processes that these numbers are the sum of.").set(1)
        # Begun at zero: a rate needs a value from before the first time.
        for metric, values in (
            (self._queries, _OUTCOMES),
            (self._lookups, ("hit", "miss")),
            (self.switches, ("done", "failed")),
        ):
            for value in values:
                metric.labels(value)
        # Looked up once: that costs more than to count.
        self._of_request = lru_cache(1024)(self._requests.labels)
        self._of_route = lru_cache(1024)(
            lambda route: (self._request_seconds.labels(route), self._response_bytes.labels(route))
        )

    def count_request(self, record: AccessRecord, seconds: float) -> None:
        """Count a request that is over, together with the next ones."""
        labels = (record.method, record.route, record.status)
        self._finished.append((labels, seconds, record.size, record.problem, record.cache))
        if len(self._finished) >= _TOGETHER:
            self.count_finished()

    def count_finished(self) -> None:
        """Count the requests that have not been yet."""
        with suppress(IndexError):  # another thread may take the last one
            while self._finished:
                self._count(*self._finished.popleft())

    def _count(
        self, labels: tuple[str, str, int], seconds: float, size: int, problem: str, cache: str
    ) -> None:
        self._of_request(*labels).inc()
        duration, sizes = self._of_route(labels[1])
        duration.observe(seconds)
        sizes.inc(size)
        if problem:
            self._problems.labels(problem).inc()
        if cache:
            self._lookups.labels(cache).inc()

    def count_query(self, outcome: str, seconds: float) -> None:
        """Count a query that the engine is done with."""
        self._queries.labels(outcome).inc()
        self._query_seconds.labels(outcome).observe(seconds)

    def expose(self, accept: str) -> tuple[bytes, str]:
        """Write all metrics of the server in the format that `accept` asks for; name it, too."""
        encode, content_type = choose_encoder(accept)
        return encode(self), content_type

    def collect(self) -> Iterable[Metric]:
        """Give the metrics of all web processes, and those that are the same for each."""
        yield from self._describe_server()
        if self._folder is None:
            yield from self._registry.collect()
        else:
            merge: Callable[[Iterable[str]], Iterable[Metric]] = MultiProcessCollector.merge
            yield from merge(map(str, files(self._folder)))

    def _describe_server(self) -> Iterator[Metric]:
        yield _gauge("stimson_info", "Version of Stimson.", {(__version__,): 1}, ("version",))
        yield _gauge(
            "stimson_start_timestamp_seconds",
            "When the web process that answers started.",
            {(): self._started},
        )
        yield _gauge(
            "stimson_memory_bytes",
            "Memory in use; a page that processes share counts in part for each.",
            {(part,): size for part, size in memory_by_part(os.getppid()).items()},
            ("part",),
        )
        if self.snapshot is not None:
            yield from _describe_snapshot(self.snapshot)


def _describe_snapshot(snapshot: Snapshot) -> Iterator[Metric]:
    manifest = snapshot.manifest
    version = (snapshot.name, str(manifest["version"]))
    yield _gauge("stimson_snapshot_info", "The snapshot served.", {version: 1}, ("name", "version"))
    yield _gauge("stimson_snapshot_quads", "Quads of the snapshot.", {(): manifest["quads"]})
    yield _gauge(
        "stimson_snapshot_created_timestamp_seconds",
        "When the snapshot was built.",
        {(): datetime.fromisoformat(manifest["created"]).timestamp()},
    )


def _gauge(
    name: str, text: str, values: dict[tuple[str, ...], float], labels: tuple[str, ...] = ()
) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def memory_by_part(root: int) -> dict[str, int]:
    """Add up the bytes that `root` and its descendants use, by part; an answer only Linux gives.

    A page that several processes share counts in part for each: the workers of the engine
    share the data, and to count it for each would be to count it many times.
    """
    total: dict[str, int] = defaultdict(int)
    for web in (root, *_children(root)):
        total["web"] += _bytes(web)
        for child in _children(web) if web != root else ():
            total[_part(child)] += sum(map(_bytes, _family(child)))
    return {part: size for part, size in total.items() if size}


def _family(pid: int) -> list[int]:
    return [pid, *(each for child in _children(pid) for each in _family(child))]


def _part(pid: int) -> str:
    """Tell what a child of a web process is for."""
    return "engine" if _ENGINE in _read(_PROC / str(pid) / "cmdline") else "checks"


def _children(pid: int) -> list[int]:
    try:
        threads = list((_PROC / str(pid) / "task").iterdir())
    except OSError:  # as in `_read`
        return []
    return [int(child) for each in threads for child in _read(each / "children").split()]


def _bytes(pid: int) -> int:
    for line in _read(_PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended, or the system has no such file
        return b""
