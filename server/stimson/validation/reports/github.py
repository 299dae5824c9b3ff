"""A report as workflow commands, which GitHub shows as annotations beside the lines.

It shows no more than ten of each type in one step, so the gravest come first, and the
last one says how many there are. What is waived is counted there, and not annotated.
"""

from collections import Counter
from collections.abc import Iterator

from ...findings import SEVERITIES, Finding, Report, Severity, summary
from .style import Style, cut, rule_name, visible

_COMMANDS: dict[Severity, str] = {"violation": "error", "warning": "warning", "info": "notice"}
_SHOWN: dict[Severity, int] = {"violation": 10, "warning": 10, "info": 9}  # the last notice is ours
_LONGEST = 4000  # characters of a message
_TITLE = "Stimson"


def write(report: Report, style: Style) -> str:
    """Write a report; nothing, where there is nothing to say."""
    return "".join(f"{line}\n" for line in _lines(report, style))


def _lines(report: Report, style: Style) -> Iterator[str]:
    if not report.findings:
        return
    seen: Counter[Severity] = Counter()
    for finding in sorted(report.open, key=lambda each: SEVERITIES.index(each.severity)):
        seen[finding.severity] += 1
        if seen[finding.severity] <= _SHOWN[finding.severity]:
            yield _annotation(finding, style)
    left = sum(max(0, number - _SHOWN[severity]) for severity, number in seen.items())
    more = f" ({left:,} not annotated; the report as text or JSON has them)" if left else ""
    yield _command("notice", {"title": _TITLE}, f"{summary(report)}{more}")


def _annotation(finding: Finding, style: Style) -> str:
    properties = {"title": f"{finding.severity}: {rule_name(finding.rule)}"}
    if finding.file is not None:
        # In full: the runner makes it relative to the repository, wherever it was run. What
        # came with its text was never on this disk.
        on_disk = style.texts is None
        properties["file"] = (finding.file.absolute() if on_disk else finding.file).as_posix()
        if finding.line is not None:
            properties["line"] = str(finding.line)
            if finding.column is not None:
                properties["col"] = str(finding.column)
    return _command(_COMMANDS[finding.severity], properties, finding.message)


def _command(name: str, properties: dict[str, str], message: str) -> str:
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {written}::{_data(visible(cut(message, _LONGEST)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
