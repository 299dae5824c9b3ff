"""An engine for code that waits: each call is handed to the event loop of the engine."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from ..errors import EngineFailed, QueryError
from ..processes.loop_thread import LoopThread
from .interface import Answer, AsyncEngine, Request

PROBE = Request("ASK {}", base_iri="urn:x-stimson:probe", timeout=5.0)
_Result = TypeVar("_Result")


class Blocking:
    """Implement `Engine` over an `AsyncEngine` that lives on `loop`, in another thread."""

    def __init__(self, engine: AsyncEngine, loop: asyncio.AbstractEventLoop) -> None:
        self._engine = engine
        self._loop = loop

    @contextmanager
    def answer(self, request: Request) -> Iterator[Answer]:
        """Answer `request`, or raise a `QueryError`."""
        answer = self.wait(self._engine.reply(request))
        try:
            yield answer
        finally:
            answer.close()

    def is_ready(self) -> bool:
        """Tell whether a worker answers the simplest query."""
        try:
            with self.answer(PROBE):
                return True
        except QueryError:
            return False

    def close(self) -> None:
        """End the engine's processes."""
        self.wait(self._engine.close())

    def wait(self, doing: Coroutine[Any, Any, _Result]) -> _Result:
        """Have something done on the loop, and wait for it."""
        return self.submit(doing).result()

    def submit(self, doing: Coroutine[Any, Any, _Result]) -> "Future[_Result]":
        """Have something done on the loop."""
        try:
            return asyncio.run_coroutine_threadsafe(doing, self._loop)
        except RuntimeError as fault:  # the loop is closed
            doing.close()
            raise EngineFailed("The query engine has been stopped.") from fault


class Standalone(Blocking):
    """The same with a loop of its own, in a thread of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._thread = LoopThread()
        super().__init__(engine, self._thread.loop)
        try:
            self.wait(engine.start())
        except BaseException:
            self._thread.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the engine's processes and the thread."""
        if self._thread.is_running:
            super().close()
            self._thread.stop()
