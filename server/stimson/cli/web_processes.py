"""The first process of a server. It answers nobody: it supervises the web processes, which do."""

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
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM)
_SOON = 1.0  # seconds after which a web process that was lost at once is replaced
_MORE_TIME = 5.0  # seconds a web process may take to end, beyond its time to answer
_COULD_NOT_START = 3  # exit status of one that could not begin, as uvicorn has it
_NOW = 1e-6  # seconds


class WebProcesses:
    """The web processes, from the first to the last.

    It does nothing but wait for signals, one after another: so none ever interrupts it.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._started: dict[int, float] = {}  # by the web process, when it was started
        self._missing = config.web_workers
        self._exit_code = 0
        self._ends = iter(
            (self._announce_end, self._end, self._kill)
        )  # what is done to end, in turn
        self._is_stopping = False

    def serve(self) -> int:
        """Serve until told to stop; gives the exit code."""
        logging.config.dictConfig({"version": 1, **logs.settings(self._config.log)})
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        with boot.listen(self._config):  # the port stays ours when all of them are lost
            self._start_missing()
            while not self._is_stopping:
                self._handle_signal()
        while self._started:
            self._handle_signal()
        return self._exit_code

    def _handle_signal(self) -> None:
        match signal.sigwait(_SIGNALS):
            case signal.SIGCHLD:
                self._reap()
            case signal.SIGHUP:
                self._signal(RENEW)
            case signal.SIGALRM if self._is_stopping:
                next(self._ends)()
            case signal.SIGALRM:
                self._start_missing()
            case _ if self._is_stopping:
                self._kill()
            case _:
                self._stop()

    def _start_missing(self) -> None:
        """Begin the web processes that are missing."""
        for _ in range(self._missing):
            # It ends with this: nobody could stop it, and a new server would share its port.
            self._started[fork(partial(_serve, self._config))] = time.monotonic()
        self._missing = 0

    def _reap(self) -> None:
        """Note which web processes have ended, and replace them."""
        for pid in list(self._started):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            lived = time.monotonic() - self._started.pop(pid)
            if self._is_stopping:
                continue
            exit_code = os.waitstatus_to_exitcode(status)
            if exit_code == _COULD_NOT_START and not self._started:  # it has said why
                self._exit_code = 1
                self._stop()
                return
            _log.warning("Web process %d was lost (exit code %d).", pid, exit_code)
            self._missing += 1
            _set_alarm(_NOW if lived > _SOON else _SOON)

    def _stop(self) -> None:
        self._is_stopping = True
        next(self._ends)()

    def _announce_end(self) -> None:
        self._signal(STOPPING)
        _set_alarm(self._config.stop_delay or _NOW)

    def _end(self) -> None:
        self._signal(END)
        _set_alarm(self._config.stop_timeout + _MORE_TIME)

    def _kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, which: signal.Signals) -> None:
        for pid in self._started:
            with suppress(ProcessLookupError):  # it was lost, and another is on its way
                os.kill(pid, which)


def _set_alarm(seconds: float) -> None:
    """Have SIGALRM come after a while."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _serve(config: Config) -> None:
    """Be a web process."""
    try:
        boot.run(config)
    except Exception as fault:
        _log.exception("A web process failed.")
        raise SystemExit(1) from fault
