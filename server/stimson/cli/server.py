"""The web server: granian, and what it is told while it runs."""

import os
import signal
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from .. import logs
from ..config import Config
from ..signals import RENEW, STOPPING

_AGAIN = 0.2  # seconds
_NOW = 0.001  # seconds
_NEW = 5.0  # seconds in which a web process that replaces a lost one may miss a signal


class Server(Granian):  # type: ignore[misc,valid-type]  # it is one class or another
    """The first process of the server. It answers nobody: it minds those that do.

    Granian would renew its web processes to have them read anew, and let connections
    drop between the old and the new. Ours change the snapshot themselves, and keep theirs.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(
            "stimson.boot:create",
            factory=True,
            address=config.host,
            port=config.port,
            interface=Interfaces.RSGI,
            workers=config.web_workers,
            backpressure=config.connections,
            # To find out which version a client speaks, it would wait for it for ever.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=int(config.receive_timeout * 1000),
                max_buffer_size=config.header_kb * 1024,
            ),
            respawn_failed_workers=True,
            workers_kill_timeout=max(1, round(config.stop_timeout)),
            websockets=False,
            log_access=False,
            log_level=LogLevels.warning,
            log_dictconfig=logs.settings(config.log),
        )
        self._delay = config.stop_delay
        self._is_told_to_stop = False
        self._is_stopping = threading.Event()
        self._told: SimpleQueue[float] = SimpleQueue()  # the delays, as signals bring them
        # So it is for the web processes, until they have begun to listen.
        for each in (STOPPING, RENEW):
            signal.signal(each, signal.SIG_IGN)

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Stop in order; at the second word, stop at once."""
        if os.getpid() != self.pid:  # a web process that has not begun to listen
            os._exit(0)
        delay = self._delay
        if self._is_told_to_stop:
            delay = 0
            for web in self.wrks:
                web.kill()
        self._is_told_to_stop = True
        self.respawn_failed_workers = False  # who has ended by now was told to, as we were
        self._tell(STOPPING)
        # Not here, nor in a thread begun here: this interrupts code that may hold the very
        # lock that either would take. Only this queue may be used from within itself.
        self._told.put(delay)

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """Have the web processes serve what is the current snapshot by now."""
        if os.getpid() == self.pid:
            self._tell(RENEW)

    def startup(self, *args: Any, **kwargs: Any) -> None:
        """Start the web processes, and what waits for the word to stop."""
        super().startup(*args, **kwargs)
        threading.Thread(target=self._stop, daemon=True).start()

    def shutdown(self, exit_code: int = 0) -> None:
        """End the web processes, and then this one."""
        self._is_stopping.set()
        if self._is_told_to_stop:
            self.interrupt_children.clear()
            self._kill_the_new()
        super().shutdown(exit_code)

    def _kill_the_new(self) -> None:
        """End the web processes that replace one which heard the word to stop before we did.

        Such a process has answered nobody yet, and would not hear the word while it begins.
        """
        now = time.monotonic()
        for web in self.wrks:
            if now - self.respawned_wrks.get(web.idx, -_NEW) < _NEW:
                web.kill()

    def _stop(self) -> None:
        """Interrupt the loop that minds the web processes when told so, until it takes notice."""
        delay = self._told.get()
        with suppress(Empty):  # a second word comes without a delay
            self._told.get(timeout=delay or _NOW)
        while not self._is_stopping.is_set():
            super().signal_handler_interrupt()
            self._is_stopping.wait(_AGAIN)

    def _tell(self, word: signal.Signals) -> None:
        for web in self.wrks:
            try:
                os.kill(web.inner.pid, word)
            except ProcessLookupError:  # it was lost, and another is on its way
                continue
