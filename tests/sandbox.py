"""The checker's own processes, watched: what they import, open or start with their doors shut."""

import json
import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from stimson.project import Project
from stimson.validation.sandbox import Contribution, Verdict
from stimson.validation.sandbox.server import READY, Order, keep
from stimson.validation.sandbox.wire import unpack

MEMORY_MB = 1024
SECONDS = 60.0
# https://docs.python.org/3/library/audit_events.html
_EVENTS = {
    *("import", "open", "os.listdir", "os.scandir", "ctypes.dlopen", "socket.__new__"),
    *("os.fork", "os.posix_spawn", "os.system", "subprocess.Popen"),
}


class Watched:
    """A validator that adds to each report what Python was asked to do meanwhile."""

    def __init__(self, validator) -> None:
        self._validator = validator

    def check(self, contribution: Contribution, form: str) -> Verdict:
        """Check, and write the report and the events as JSON."""
        late: list[str] = []

        def note(event: str, arguments: tuple) -> None:
            if event in _EVENTS:
                late.append(f"{event} {arguments[0]}")

        sys.addaudithook(note)  # for good; but this process ends with the check
        verdict = self._validator.check(contribution, form)
        return Verdict(verdict.conforms, json.dumps([verdict.report.decode(), late]).encode())


class Watch(NamedTuple):
    """The outcome of a check, and what was done too late for it."""

    conforms: bool
    report: str
    late: list[str]

    @property
    def findings(self) -> list[dict]:
        """The findings of a JSON report."""
        return json.loads(self.report)["findings"]


class Sandbox:
    """A keeper of its own, freshly started, to check contributions with."""

    def __init__(self, connection) -> None:
        self._connection = connection

    def check(
        self, body: str | bytes, media_type="text/turtle", form="json", name="sent.ttl"
    ) -> Watch:
        """Check what is sent, or raise the `CheckError` that says why it was not."""
        content = body.encode() if isinstance(body, str) else body
        self._connection.send(Order(Contribution(content, media_type, name), form, SECONDS))
        assert self._connection.poll(SECONDS + 10)
        verdict = unpack(self._connection.recv_bytes())
        report, late = json.loads(verdict.report)
        return Watch(verdict.conforms, report, late)


@contextmanager
def sandbox(project: Project | None = None) -> Iterator[Sandbox]:
    """Start a keeper of the shipped files, or of those of another project."""
    context = multiprocessing.get_context("spawn")  # it knows nothing of this process
    ours, theirs = context.Pipe()
    process = context.Process(target=_keep, args=(theirs, project))
    process.start()
    theirs.close()
    try:
        assert ours.poll(60)
        assert ours.recv_bytes() == READY
        yield Sandbox(ours)
    finally:
        ours.close()
        process.join(10)
        process.kill()
        process.join()


def _keep(connection, project: Project | None) -> None:
    from stimson.validation.sandbox import shipped, validator  # else every test would load pySHACL

    if project is not None:
        shipped.Project = lambda root: project
    load = validator.load
    validator.load = lambda: Watched(load())
    keep(connection, MEMORY_MB)
