"""The first process of a server. It answers nobody: it minds the web processes, which do."""

import logging.config
import os
import signal
import time
from contextlib import suppress
from functools import partial

from .. import logs
from ..config import Config
from ..processes import fork
from ..web.server import boot
from ..web.server.signals import END, RENEW, STOPPING

_log = logging.getLogger(__name__)
_HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM)
_SOON = 1.0  # seconds after which a web process that was lost at once is replaced
_PATIENCE = 5.0  # seconds a web process may take to end, beyond its time to answer
_UNFIT = 3  # exit status of one that could not begin, as uvicorn has it
_NOW = 1e-6  # seconds


class Server:
    """The web processes, from the first to the last.

    It does nothing but wait for signals, one after another: so none ever interrupts it.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._born: dict[int, float] = {}  # when each web process began, by its number
        self._missing = config.web_workers
        self._exit_code = 0
        self._ends = iter((self._end_soon, self._end, self._kill))  # what is done to end, in turn
        self._is_stopping = False

    def serve(self) -> int:
        """Serve until told to stop; gives the exit code."""
        logging.config.dictConfig({"version": 1, **logs.settings(self._config.log)})
        signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        with boot.listen(self._config):  # the port stays ours when all of them are lost
            self._fill()
            while not self._is_stopping:
                self._hear()
        while self._born:
            self._hear()
        return self._exit_code

    def _hear(self) -> None:
        match signal.sigwait(_HEARD):
            case signal.SIGCHLD:
                self._bury()
            case signal.SIGHUP:
                self._tell(RENEW)
            case signal.SIGALRM if self._is_stopping:
                next(self._ends)()
            case signal.SIGALRM:
                self._fill()
            case _ if self._is_stopping:
                self._kill()
            case _:
                self._stop()

    def _fill(self) -> None:
        """Begin the web processes that are missing."""
        for _ in range(self._missing):
            # It ends with this: nobody could stop it, and a new server would share its port.
            self._born[fork(partial(_live, self._config))] = time.monotonic()
        self._missing = 0

    def _bury(self) -> None:
        """Note which web processes have ended, and replace them."""
        for pid in list(self._born):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            lived = time.monotonic() - self._born.pop(pid)
            if self._is_stopping:
                continue
            exit_code = os.waitstatus_to_exitcode(status)
            if exit_code == _UNFIT and not self._born:  # it has said why
                self._exit_code = 1
                self._stop()
                return
            _log.warning("Web process %d was lost (exit code %d).", pid, exit_code)
            self._missing += 1
            _ring(_NOW if lived > _SOON else _SOON)

    def _stop(self) -> None:
        self._is_stopping = True
        next(self._ends)()

    def _end_soon(self) -> None:
        self._tell(STOPPING)
        _ring(self._config.stop_delay or _NOW)

    def _end(self) -> None:
        self._tell(END)
        _ring(self._config.stop_timeout + _PATIENCE)

    def _kill(self) -> None:
        self._tell(signal.SIGKILL)

    def _tell(self, word: signal.Signals) -> None:
        for pid in self._born:
            with suppress(ProcessLookupError):  # it was lost, and another is on its way
                os.kill(pid, word)


def _ring(seconds: float) -> None:
    """Have SIGALRM come after a while."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _live(config: Config) -> None:
    """Be a web process."""
    try:
        boot.live(config)
    except Exception as fault:
        _log.exception("A web process failed.")
        raise SystemExit(1) from fault
