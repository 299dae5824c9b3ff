"""Headers of every response: open to any origin, closed to any script."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PRIVATE = ("/metrics",)  # not for a page of another site that the operator looks at
_EXPOSED = ", ".join(
    (
        "Accept-Post",
        "Accept-Query",
        "Allow",
        "Cache-Status",
        "Content-Length",
        "Content-Location",
        "ETag",
        "Link",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "Stimson-Conforms",
        "Stimson-Limits",
    )
)


def register(app: Flask) -> None:
    """Add the headers to what `app` answers, errors included."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    if request.path not in _PRIVATE:
        # The same for every origin and never with credentials, so no Vary: Origin.
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    # A view may have a policy of its own, such as one that lets its page be framed.
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.method == "OPTIONS":
        _preflight(response)
    return response


def _preflight(response: Response) -> None:
    response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
    response.headers["Access-Control-Max-Age"] = "86400"
    if wanted := request.headers.get("Access-Control-Request-Headers"):
        response.headers["Access-Control-Allow-Headers"] = wanted
    response.vary.add("Access-Control-Request-Headers")
