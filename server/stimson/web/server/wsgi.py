"""Ask the views, which are a WSGI application, what to answer."""

import sys
from collections.abc import Callable
from io import BytesIO
from itertools import chain
from typing import Any
from urllib.parse import quote
from wsgiref.types import WSGIApplication

from ...engine.spool import IN_MEMORY
from .asgi_request import Incoming
from .asgi_response import Head, Response
from .request_body import Body

_PRINTABLE = "".join(map(chr, range(32, 127)))


def environ(incoming: Incoming, body: Body) -> dict[str, Any]:
    """Describe a request as WSGI does."""
    scope = incoming.scope
    server, port = scope["server"]
    variables = {
        "REQUEST_METHOD": incoming.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": incoming.path.encode().decode("latin-1"),
        "QUERY_STRING": incoming.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": incoming.peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body.content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in incoming.headers.items():
        variables[f"HTTP_{name.upper().replace('-', '_')}"] = value
    variables["CONTENT_TYPE"] = variables.pop("HTTP_CONTENT_TYPE", "")
    # The body is here: however it came, it is now one of a known length.
    for framing in ("HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
        variables.pop(framing, None)
    if body.length:
        variables["CONTENT_LENGTH"] = str(body.length)
    return variables


def ask(application: WSGIApplication, variables: dict[str, Any]) -> Response:
    """Run the application, as far as its head and, if small, its body."""
    started: list[tuple[str, Head]] = []

    def start(status: str, head: Head, _: object = None) -> Callable[[bytes], object]:
        started.append((status, head))
        return _no_write

    body = application(variables, start)
    close = getattr(body, "close", _nothing)
    pieces = iter(body)
    first = next(pieces, b"")  # by now it has started
    status, head = started[-1]
    head = [(name.lower(), _plain(value)) for name, value in head]
    if variables["REQUEST_METHOD"] == "HEAD" or _length(head) <= IN_MEMORY:
        whole = first + b"".join(pieces)
        close()
        return Response(int(status[:3]), head, whole)
    return Response(int(status[:3]), head, None, chain((first,), pieces), close)


def _length(head: Head) -> int:
    """Read the length; a body without one is a small one: what the engine sends has it."""
    return int(dict(head).get("content-length", 0))


def _plain(value: str) -> str:
    """Write a value in ASCII, which the server insists on."""
    return value if value.isascii() and value.isprintable() else quote(value, safe=_PRINTABLE)


def _no_write(_: bytes) -> object:
    raise NotImplementedError  # of no use to Flask


def _nothing() -> None:
    """Close nothing."""
