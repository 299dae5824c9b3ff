"""The checker's own processes, watched: what they import, open or start once they are confined."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from stimson.config import Config
from stimson.project import Project
from stimson.rdf import Folders
from stimson.validation.sandbox import Submission, SubmissionResult, job, validation_server
from stimson.validation.sandbox.validation_server import ValidationServer

_ROOT = "WATCHED_PROJECT"  # the variable that names the folder of another project
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

    def check(self, submission: Submission, form: str) -> SubmissionResult:
        """Check, and write the report and the events as JSON."""
        late: list[str] = []

        def note(event: str, arguments: tuple) -> None:
            if event in _EVENTS:
                late.append(f"{event} {arguments[0]}")

        sys.addaudithook(note)  # for good; but this process ends with the check
        result = self._validator.check(submission, form)
        content = json.dumps([result.report.decode(), late]).encode()
        return SubmissionResult(result.conforms, content)


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
    """A server of checks of its own, freshly started."""

    def __init__(self, checks: ValidationServer) -> None:
        self._checks = checks

    def check(
        self, body: str | bytes, media_type="text/turtle", form="json", name="sent.ttl"
    ) -> Watch:
        """Check what is sent, or raise the `CheckError` that says why it was not."""
        content = body.encode() if isinstance(body, str) else body
        result = self._checks.check(Submission(content, media_type, name), form)
        report, late = json.loads(result.report)
        return Watch(result.conforms, report, late)


@contextmanager
def sandbox(root: Path | None = None) -> Iterator[Sandbox]:
    """Check by the shipped files, or by those of a project in the folders of another root."""
    variables = {_ROOT: str(root or "")}
    checks = ValidationServer(Config(memory_mb=MEMORY_MB, validate_timeout=SECONDS))
    with patch.dict(os.environ, variables), patch.object(validation_server, "_PROGRAM", __name__):
        try:
            yield Sandbox(checks)
        finally:
            checks.close()


def _main() -> None:
    from stimson.validation.sandbox import validator  # else every test would load pySHACL

    if root := os.environ.get(_ROOT):
        folders = Folders(*(Path(root) / part for part in ("ontology", "shapes", "data")))
        validator.Project = lambda root: Project(Path(folders.data).parent, folders)
    load = validator.load
    validator.load = lambda: Watched(load())
    job.main(int(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    _main()
