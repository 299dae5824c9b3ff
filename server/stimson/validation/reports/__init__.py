"""Reports: what a run of checks found, written for people and for programs.

`FORMATS` has them all. Each is made by a module of its own, which is imported when it is
first asked for, so that a run that prints text does not wait for the templates of HTML.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from ...findings import Finding, Report, Rule, StageRun, Waiver, report
from .style import Style

__all__ = ["FORMATS", "Format", "Style", "preload"]

_Write = Callable[[Report, Style], str]


@dataclass(frozen=True, slots=True)
class Format:
    """A form of reports; `module` is the one that writes it, `extension` has its dot."""

    name: str
    media_type: str
    extension: str
    module: str

    def render(self, found: Report, style: Style | None = None) -> bytes:
        """Write a report, as UTF-8."""
        write: _Write = import_module(f".{self.module}", __package__).write
        # A file's name may hold bytes that are no UTF-8, which Python keeps as surrogates.
        return write(found, style or Style()).encode("utf-8", "backslashreplace")


FORMATS: Mapping[str, Format] = {
    form.name: form
    for form in (
        Format("text", "text/plain", ".txt", "text"),
        Format("json", "application/json", ".json", "json_report"),
        Format("turtle", "text/turtle", ".ttl", "shacl_report"),
        Format("junit", "application/xml", ".xml", "junit"),
        Format("sarif", "application/sarif+json", ".sarif", "sarif"),
        Format("github", "text/plain", ".txt", "github"),
        Format("html", "text/html", ".html", "html"),
    )
}


def preload() -> None:
    """Load all that any format needs, for a process that will not be able to open a file."""
    from datetime import date

    waiver = Waiver("urn:x:rule", "A reason.", date(2031, 12, 31))
    alike = [
        Finding("urn:x:rule", "violation", "Élan 二 \U0001f5fa", focus='"1"', path="^<urn:x:p>"),
        Finding("urn:x:rule", "warning", "Waived.", waiver=waiver),
    ]
    sample = Report(
        report(alike, 1).findings,
        1,
        ("A note.",),
        (StageRun("a", "A"), StageRun("b", "B", "a reason")),
        {"urn:x:rule": Rule("urn:x:rule", "rule", "A description.", "a")},
    )
    for form in FORMATS.values():
        form.render(sample, Style(colour=True, texts={}))
