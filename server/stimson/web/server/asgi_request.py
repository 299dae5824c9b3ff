"""Requests by ASGI: https://asgi.readthedocs.io/en/latest/specs/www.html."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ...networks import canonical

Receive = Callable[[], Awaitable[dict[str, Any]]]
_NOTICE = 0.05  # seconds before anyone looks whether the client is still there


class AsgiRequest:
    """One request: its head, and the way to what follows it."""

    __slots__ = ("_watch", "headers", "method", "path", "peer", "query_string", "receive", "scope")

    def __init__(self, scope: dict[str, Any], receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self._watch: asyncio.TimerHandle | None = None
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self.peer: str = canonical((scope["client"] or ("",))[0])
        self.headers = _join(scope["headers"])  # names in lower case

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have the running task cancelled if the client leaves; the body has been taken."""
        task = asyncio.current_task(loop)
        assert task is not None  # the server runs each request as one
        self._watch = loop.call_later(_NOTICE, self._begin_to_watch, task)

    def release(self) -> None:
        """Watch no more."""
        if self._watch is not None:
            self._watch.cancel()

    def _begin_to_watch(self, task: "asyncio.Task[Any]") -> None:
        gone = asyncio.ensure_future(self._await_departure())
        gone.add_done_callback(lambda _: task.cancel())
        task.add_done_callback(lambda _: gone.cancel())

    async def _await_departure(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _join(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Read headers, with the values of one that came several times in one list."""
    found: dict[str, str] = {}
    repeated: dict[str, list[str]] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in found:
            repeated.setdefault(name, [found[name]]).append(value)
        elif "_" not in name:  # WSGI could not tell it from one with hyphens
            found[name] = value
    found.update((name, ",".join(values)) for name, values in repeated.items())
    return found
