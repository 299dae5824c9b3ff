"""The metrics that there are: name, kind, one sentence, labels."""

from .meters import COUNTER, GAUGE, HISTOGRAM, Family

REQUESTS = "stimson_http_requests_total"
SECONDS = "stimson_http_request_duration_seconds"
BYTES = "stimson_http_response_bytes_total"
PROBLEMS = "stimson_http_problems_total"
OPEN = "stimson_http_requests_open"
QUERIES = "stimson_queries_total"
QUERY_SECONDS = "stimson_query_duration_seconds"
WORKERS = "stimson_query_workers"
REPLACED = "stimson_query_workers_replaced_total"
WAITING = "stimson_queries_waiting"
LOOKUPS = "stimson_cache_lookups_total"
CACHE_BYTES = "stimson_cache_bytes"
CACHE_LIMIT = "stimson_cache_limit_bytes"
SNAPSHOT = "stimson_snapshot_info"
QUADS = "stimson_snapshot_quads"
CREATED = "stimson_snapshot_created_timestamp_seconds"
SWITCHES = "stimson_snapshot_switches_total"
LOST_LINES = "stimson_log_lines_lost_total"
MEMORY = "stimson_memory_bytes"
PROCESSES = "stimson_web_processes"
STARTED = "stimson_start_timestamp_seconds"
VERSION = "stimson_info"

# What may become of a query: the names of the problems, and these.
OK, LEFT = "ok", "client-left"
OUTCOMES = (
    OK,
    LEFT,
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

FAMILIES = (
    Family(VERSION, GAUGE, "What runs.", ("version",), is_same=True),
    Family(STARTED, GAUGE, "When the web process that answers started.", is_same=True),
    Family(PROCESSES, GAUGE, "Web processes that these numbers are the sum of."),
    Family(REQUESTS, COUNTER, "Requests answered.", ("method", "route", "status")),
    Family(SECONDS, HISTOGRAM, "Time from the head of a request to its answer.", ("route",)),
    Family(BYTES, COUNTER, "Bytes of the bodies of answers.", ("route",)),
    Family(PROBLEMS, COUNTER, "Requests answered with a problem, by its type.", ("problem",)),
    Family(OPEN, GAUGE, "Requests that are being answered."),
    Family(QUERIES, COUNTER, "Queries the engine ran, by outcome.", ("outcome",)),
    Family(QUERY_SECONDS, HISTOGRAM, "Time of queries, waiting included.", ("outcome",)),
    Family(WORKERS, GAUGE, "Query workers, by what they do.", ("state",)),
    Family(REPLACED, COUNTER, "Query workers that ended and were replaced."),
    Family(WAITING, GAUGE, "Queries that wait for a worker."),
    Family(LOOKUPS, COUNTER, "Queries looked up in the cache.", ("result",)),
    Family(CACHE_BYTES, GAUGE, "Bytes of cached answers."),
    Family(CACHE_LIMIT, GAUGE, "Bytes that cached answers may have."),
    Family(SNAPSHOT, GAUGE, "The snapshot served.", ("name", "version"), is_same=True),
    Family(QUADS, GAUGE, "Quads of the snapshot.", is_same=True),
    Family(CREATED, GAUGE, "When the snapshot was built.", is_same=True),
    Family(SWITCHES, COUNTER, "Attempts to switch to a new snapshot.", ("outcome",)),
    Family(LOST_LINES, COUNTER, "Lines of the log that could not be written."),
    Family(MEMORY, GAUGE, "Memory in use, shared pages in part.", ("part",), is_same=True),
)
