"""Talk HTTP to one other server: a SPARQL engine, a graph store, Wikidata, any endpoint.

An `HttpClient` is one connection, kept open between requests. It holds to a time for all of a
request and to a size for its response, sends again what a `RetryPolicy` says, never follows a
redirect, asks no proxy, and can be cut from another thread. Every error names the server and the
cause. What a server knows us by is in no message and no `repr`.
"""

from .client import (
    HttpClient,
    HttpLimits,
    HttpRequest,
    RetryPolicy,
    TemporaryFailure,
    user_agent,
)
from .response import HttpResponse
from .url import HttpUrl, read_url

__all__ = [
    "HttpClient",
    "HttpLimits",
    "HttpRequest",
    "HttpResponse",
    "HttpUrl",
    "RetryPolicy",
    "TemporaryFailure",
    "read_url",
    "user_agent",
]
