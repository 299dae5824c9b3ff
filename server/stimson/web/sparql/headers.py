"""Headers of every response: open to any origin, closed to any script, open about limits."""

from ...config import Config
from .messages import Head
from .negotiation import TURTLE
from .protocol import FORM, PATHS, QUERY

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Where the query editor is: scripts of this site, and what they ask of it; none that is inline.
WITH_EDITOR = f"{POLICY}; script-src 'self'; connect-src 'self'"
_EDITED = "/queries/"
_PRIVATE = ("/metrics",)  # not for a page of another site that the operator looks at
_EXPOSED = (
    "Accept-Post, Accept-Query, Allow, Cache-Status, Content-Length, Content-Location, ETag, Link, "
    "RateLimit, RateLimit-Policy, Retry-After, Stimson-Conforms, Stimson-Limits, "
    "Stimson-Unknown"
)
_LIMITS = (  # settings
    *("timeout", "queue", "queue_timeout", "memory_mb", "result_mb", "result_rows", "query_kb"),
    *("header_kb", "receive_timeout", "send_timeout", "connections", "client_connections"),
    *("client_requests", "client_rate"),
)
_HOW_TO_ASK: Head = [("accept-post", f"{QUERY}, {FORM}"), ("accept-query", f'"{QUERY}", "{FORM}"')]


class CommonHeaders:
    """The headers that every response of one application has."""

    def __init__(self, config: Config) -> None:
        self._always: Head = [
            ("access-control-expose-headers", _EXPOSED),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("stimson-limits", _describe_limits(config)),
        ]
        public = config.public_url.rstrip("/")
        self._links: Head = [
            ("link", f'<{public}/sparql>; rel="service-desc"; type="{TURTLE}"'),
            ("link", f'<{public}/.well-known/void>; rel="describedby"; type="{TURTLE}"'),
        ]

    def of(self, path: str, query_string: bytes) -> Head:
        """List those of the response to a request."""
        is_edited = path in PATHS or path.startswith(_EDITED)
        policy = ("content-security-policy", WITH_EDITOR if is_edited else POLICY)
        head = [policy, *self._always]
        if path not in _PRIVATE:
            # The same for every origin and never with credentials, so no Vary: Origin.
            head = [("access-control-allow-origin", "*"), *head]
        if path in PATHS:
            head = [*head, *_HOW_TO_ASK]
        if not query_string and path.rstrip("/") in ("", "/sparql"):
            head = [*head, *self._links]
        return head


def _describe_limits(config: Config) -> str:
    """Write the limits of a request as a dictionary of RFC 8941; 0 stands for none."""
    limits = (name.replace("_", "-") + f"={getattr(config, name)}" for name in _LIMITS)
    return ", ".join(limits)
