"""An event loop for code that waits."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """An event loop that runs in a thread of its own, until it is stopped."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Tell whether it has not been stopped."""
        return self._thread.is_alive()

    def wait(self, doing: Coroutine[Any, Any, T]) -> T:
        """Have something done, and wait for it."""
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result()

    def stop(self) -> None:
        """End the thread; what is still to be done is not."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
