"""Write a report in the formats that were asked for, where they were asked for."""

from __future__ import annotations

import difflib
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click

from ..errors import NothingToRead
from ..files import real
from ..findings import Report
from ..validation.reports import FORMATS, Format, Style
from .options import obstacle

STDOUT = "-"
_TEXT = "text"
_SARIF = "sarif"


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """A report that is wanted; without a file it goes to standard output."""

    form: Format
    file: Path | None = None


def read_targets(form: str | None, outputs: Sequence[str]) -> list[ReportTarget]:
    """Read ``--format`` and every ``--output``, or raise before any work.

    `click.UsageError` for what makes no sense, `NothingToRead` for what cannot be written.
    """
    targets = [_read(text) for text in outputs]
    standard = [target for target in targets if target.file is None]
    if len(standard) + (form is not None) > 1:
        raise click.UsageError(
            "Only one report can go to standard output; give the others a file: "
            "--output FORMAT=FILE."
        )
    counts = Counter(target.file for target in targets if target.file is not None)
    if twice := [str(file) for file, number in counts.items() if number > 1]:
        raise click.UsageError(f"--output names {twice[0]} twice; give each report its own file.")
    return targets if standard else [ReportTarget(_format(form or _TEXT, "--format")), *targets]


def write(
    found: Report, targets: Sequence[ReportTarget], root: Path, *, quiet: bool = False
) -> None:
    """Write the report to every target, files first: who reads the stream may leave early.

    If `quiet`, a text that would only say that all is well is left out.
    """
    for target in targets:
        if target.file is not None:
            _to_file(target.file, target.form.render(found, _style(target.form, root)))
    for target in targets:
        if target.file is None and not (quiet and target.form.name == _TEXT and found.conforms):
            _to_stdout(target.form.render(found, _style(target.form, root, stream=True)))


def _style(form: Format, root: Path, *, stream: bool = False) -> Style:
    """Name files as the reader of a format needs it."""
    if form.name == _TEXT:  # as seen from where it is read
        return Style(colour=stream and is_colourful(sys.stdout))
    # Code scanning knows files by their path in the repository, wherever the project is in it.
    return Style(root=_repository(root) if form.name == _SARIF else root)


def _repository(root: Path) -> Path:
    """Find the top of the repository that a folder is in; itself, if it is in none."""
    whole = real(root)
    return next((each for each in (whole, *whole.parents) if (each / ".git").exists()), root)


def _read(text: str) -> ReportTarget:
    name, equals, place = text.partition("=")
    if not equals or not place:
        raise click.UsageError(f"--output {text}: write FORMAT=FILE, such as sarif=report.sarif.")
    form = _format(name, "--output")
    if place == STDOUT:
        return ReportTarget(form)
    file = Path(place)
    if reason := obstacle(file):
        raise NothingToRead(f"--output {text}: {reason}.")
    return ReportTarget(form, file)


def _format(name: str, option: str) -> Format:
    if name in FORMATS:
        return FORMATS[name]
    near = difflib.get_close_matches(name.lower(), FORMATS, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise click.UsageError(f"{option}: {name!r} is not one of {', '.join(FORMATS)}{hint}")


def _to_file(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as fault:
        raise NothingToRead(f"{file} cannot be written: {fault.strerror}.") from fault


def _to_stdout(content: bytes) -> None:
    """Write to standard output; its reader may have gone, as ``head`` does."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Else Python would try once more to write what is left, when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_colourful(stream: TextIO) -> bool:
    """Tell whether a stream shows colours, and may (https://no-color.org/)."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not is_plain


def print_text(report: Report, stderr: bool = False) -> None:
    """Print a report; NO_COLOR is honoured."""
    style = Style(colour=is_colourful(sys.stderr if stderr else sys.stdout))
    click.echo(FORMATS["text"].render(report, style), err=stderr, nl=False)
