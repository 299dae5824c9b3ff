"""Say on every response what the limits are, and raise in a view what the front found wrong."""

from flask import Flask, Response, request

from ...config import Config
from ..server.calls import FAULT

HEADER = "Stimson-Limits"


def register(app: Flask, config: Config) -> None:
    """Add to what `app` answers."""
    limits = describe(config)

    def show(response: Response) -> Response:
        response.headers[HEADER] = limits
        return response

    app.before_request(_raise)
    app.after_request(show)


def describe(config: Config) -> str:
    """Write the limits of a request as a dictionary of RFC 8941; 0 stands for none."""
    limits = {
        "timeout": config.timeout,
        "queue": config.queue,
        "queue-timeout": config.queue_timeout,
        "memory-mb": config.memory_mb,
        "result-mb": config.result_mb,
        "result-rows": config.result_rows,
        "query-kb": config.query_kb,
        "header-kb": config.header_kb,
        "receive-timeout": config.receive_timeout,
        "send-timeout": config.send_timeout,
        "connections": config.connections,
        "client-connections": config.client_connections,
        "client-requests": config.client_requests,
        "client-rate": config.client_rate,
    }
    return ", ".join(f"{name}={value}" for name, value in limits.items())


def _raise() -> None:
    if (fault := request.environ.get(FAULT)) is not None:
        raise fault
