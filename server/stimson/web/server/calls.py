"""What the front of the server and a view know of each other's part in one request.

A view runs in a thread and waits for the engine, which lives on the event loop. The call
that both belong to says whose query it is, lets go of it when the client leaves, and hands
the view an answer that the front already has.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from ...engine import Answer, Request
from ...engine.threads import Blocking
from ...errors import EngineFailed, QueryError
from ..ops import access_log

FAULT = "stimson.fault"  # in the environment of a request: what the front found wrong with it
_current: ContextVar["Call"] = ContextVar("_current")
_Result = TypeVar("_Result")


class Call:
    """One request, as the engine and the front see it."""

    def __init__(
        self, client: str | None, settled: tuple[Request, Answer | QueryError] | None = None
    ) -> None:
        self.client = client
        self.asked: list[tuple[Request, Answer]] = []
        self.tag: Callable[[str], str] | None = None
        self._record = access_log.current()
        self._settled = settled
        self._taking = threading.Lock()  # of what is settled: by the view, or by the front
        self._pending: Future[Answer] | None = None
        self._is_over = False

    def run(self, function: Callable[..., _Result], *arguments: object) -> _Result:
        """Call `function` as a part of this request."""
        _current.set(self)
        access_log.resume(self._record)
        return function(*arguments)

    def cancel(self) -> None:
        """Let go of what the engine is doing for this request."""
        self._is_over = True
        if self._pending is not None:
            self._pending.cancel()
        self.release()

    def release(self) -> None:
        """Free an answer that no view has taken."""
        with self._taking:
            settled, self._settled = self._settled, None
        if settled is not None and isinstance(settled[1], Answer):
            settled[1].close()

    def settle(self, request: Request) -> Answer | None:
        """Take the answer that is already there, or raise the error that is."""
        with self._taking:
            if self._settled is None or self._settled[0] != request:
                return None
            (_, outcome), self._settled = self._settled, None
        if isinstance(outcome, QueryError):
            raise outcome
        return outcome

    def wait(self, pending: "Future[Answer]") -> Answer:
        """Wait for the engine, for as long as the client does."""
        self._pending = pending
        if self._is_over:
            pending.cancel()
        try:
            return pending.result()
        except CancelledError as fault:
            raise EngineFailed("The client has left.") from fault


def current() -> Call | None:
    """Find the call that the running code is a part of."""
    return _current.get(None)


class Bridge(Blocking):
    """The engine, as the views know it."""

    @contextmanager
    def answer(self, request: Request) -> Iterator[Answer]:
        """Answer `request`, or raise a `QueryError`."""
        call = current()
        if call is None:
            with super().answer(request) as answer:
                yield answer
            return
        request = request._replace(client=call.client)
        found = call.settle(request)
        answer = found or call.wait(self.submit(self._engine.reply(request)))
        call.asked.append((request, answer))
        try:
            yield answer
        finally:
            answer.close()


def note_tag(tag: Callable[[str], str]) -> None:
    """Say how the answers to queries of the current request's kind are named."""
    if (call := current()) is not None:
        call.tag = tag
