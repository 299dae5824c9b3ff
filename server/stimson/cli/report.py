"""Print a report for people, in colour where a terminal shows it."""

import os
import sys
from typing import TextIO

import click

from ..findings import Report
from ..validation.reports import FORMATS, Style


def is_colourful(stream: TextIO) -> bool:
    """Tell whether a stream shows colours, and may (https://no-color.org/)."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not is_plain


def print_text(report: Report, stderr: bool = False) -> None:
    """Print a report; NO_COLOR is honoured."""
    style = Style(colour=is_colourful(sys.stderr if stderr else sys.stdout))
    click.echo(FORMATS["text"].render(report, style), err=stderr, nl=False)
