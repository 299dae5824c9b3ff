"""A report as RDF: a SHACL validation report (https://www.w3.org/TR/shacl/#validation-report).

What SHACL has no terms for is said in others': the outcome of the run and the places in
EARL 1.0 and its pointers (https://www.w3.org/TR/Pointers-in-RDF10/), waivers as Web
Annotations. As SHACL demands, `sh:conforms` is false as soon as there is any result;
`earl:outcome` tells whether the run passed, by its waivers and its threshold.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from ... import names
from ...findings import Finding, Report, Severity, Waiver
from .style import Style, rules_of, skipped

_PREFIXES = {
    **names.PREFIXES,
    "earl": "http://www.w3.org/ns/earl#",
    "ptr": "http://www.w3.org/2009/pointers#",
}
_SEVERITIES: dict[Severity, str] = {
    "violation": "sh:Violation",
    "warning": "sh:Warning",
    "info": "sh:Info",
}
_SPACES = {space: prefix for prefix, space in _PREFIXES.items()}
_PLAIN = re.compile(r"(.*[/#])([A-Za-z_](?:[\w-]*\w)?)", re.ASCII | re.DOTALL)
_WHOLE = "_:project"  # what a finding is about that names neither a node nor a file

Said = Iterable[tuple[str, str | None]]
_PATH_TOKEN = re.compile(r"<([^<>]*)>|([\w.-]*:[^\s^()/|*+?<>]*)|([\^()/|*+?])")
_PATH_MARKS = {"*": "sh:zeroOrMorePath", "+": "sh:oneOrMorePath", "?": "sh:zeroOrOnePath"}


def write(report: Report, style: Style) -> str:
    """Write a report."""
    body = "\n".join(_Writer(report, style).blocks())
    # Words may look like names, too: a prefix too many does no harm.
    used = [each for each in sorted(_PREFIXES) if any(f"{at}{each}:" in body for at in " \n^")]
    head = "".join(f"@prefix {prefix}: <{_PREFIXES[prefix]}> .\n" for prefix in used)
    return f"{head}\n{body}"


class _Writer:
    """Writes a report block by block: itself, its results, the rules they broke, their files."""

    def __init__(self, report: Report, style: Style) -> None:
        self._report, self._style = report, style
        self._files: dict[Path, str] = {}
        self._whole = False

    def blocks(self) -> Iterator[str]:
        """Write all blocks."""
        found = self._report
        yield _block("_:report", "sh:ValidationReport, earl:TestResult", self._head())
        for finding in found.findings:
            yield self._result(finding)
            if finding.waiver is not None:
                yield _waiver(finding, finding.waiver)
        rules = rules_of(found)
        for rule in (rules[iri] for iri in dict.fromkeys(each.rule for each in found.findings)):
            said = {"rdfs:label": rule.name, "dcterms:description": rule.description}
            texts = [(name, _text(text)) for name, text in said.items()]
            yield _block(_named(rule.iri) or "[]", "earl:TestCriterion", texts)
        for path, label in self._files.items():
            name = _text(self._style.name(path))
            yield _block(label, "foaf:Document", [("dcterms:identifier", name)])
        if self._whole:
            yield _block(_WHOLE, "void:Dataset", [("dcterms:title", _text("The project"))])

    def _head(self) -> Said:
        found = self._report
        yield "sh:conforms", str(not found.findings).lower()
        yield "earl:outcome", "earl:passed" if found.conforms else "earl:failed"
        for text in (*(f"Not checked: {each}" for each in skipped(found)), *found.notes):
            yield "rdfs:comment", _text(text)
        results = ",\n    ".join(_label(finding) for finding in found.findings)
        yield "sh:result", results or None

    def _result(self, finding: Finding) -> str:
        shaped = finding.component is not None and not finding.rule.startswith(names.RULE)
        return _block(
            _label(finding),
            "sh:ValidationResult, earl:TestResult",
            [
                ("sh:focusNode", self._focus(finding)),
                *_path(finding.path),
                ("sh:value", None if finding.value is None else _term(finding.value)),
                ("sh:resultSeverity", _SEVERITIES[finding.severity]),
                ("sh:sourceShape", _named(finding.rule) if shaped else None),
                ("sh:sourceConstraintComponent", _component(finding)),
                ("sh:resultMessage", _text(finding.message)),
                ("earl:pointer", self._pointer(finding)),
                ("dcterms:identifier", _text(finding.fingerprint)),
            ],
        )

    def _focus(self, finding: Finding) -> str:
        if finding.focus is not None:
            return _term(finding.focus)
        if finding.file is not None:
            return self._file(finding.file)
        self._whole = True
        return _WHOLE

    def _file(self, path: Path) -> str:
        return self._files.setdefault(path, f"_:file{len(self._files) + 1}")

    def _pointer(self, finding: Finding) -> str | None:
        if finding.file is None:
            return None
        reference = f"ptr:reference {self._file(finding.file)}"
        if finding.line is None:
            return f"[ a ptr:SinglePointer ; {reference} ]"
        column = "" if finding.column is None else f" ; ptr:charNumber {_positive(finding.column)}"
        line = f"ptr:lineNumber {_positive(finding.line)}"
        return f"[ a ptr:LineCharPointer ; {reference} ; {line}{column} ]"


def _block(subject: str, kinds: str, said: Said) -> str:
    lines = [f"{subject} a {kinds}", *(f"{name} {value}" for name, value in said if value)]
    return " ;\n  ".join(lines) + " .\n"


def _waiver(finding: Finding, waiver: Waiver) -> str:
    said = [
        ("oa:hasTarget", _label(finding)),
        ("oa:motivatedBy", "oa:moderating"),
        ("oa:bodyValue", _text(waiver.reason)),
        ("schema:expires", f'"{waiver.expires.isoformat()}"^^xsd:date'),
    ]
    return _block("[]", "oa:Annotation", said)


def _label(finding: Finding) -> str:
    return f"_:finding-{finding.fingerprint}"


def _component(finding: Finding) -> str:
    """Name what was broken; the rule itself, where it is no shape."""
    named = _named(finding.component or "") or _named(finding.rule)
    return named or f"<{names.RULE}{quote(finding.rule, safe='')}>"


def _path(path: str | None) -> Said:
    """Write a path as SHACL does; what cannot be read as one is given in words."""
    if path is None:
        return
    # A prefix looks like the scheme of an IRI, but is none.
    prefixed = path.partition(":")[0] in names.PREFIXES
    node = None if prefixed else _named(path)
    node = node or _path_node(path, lambda name: _named(names.expand(name)))
    yield ("sh:resultPath", node) if node else ("rdfs:comment", _text(f"Path: {path}"))


def _term(text: str) -> str:
    """Write a term of a finding; what is none is a text."""
    if text.startswith("_:"):
        try:
            return str(ox.BlankNode(text[2:]))
        except ValueError:
            return _text(text)
    if text.startswith('"'):
        try:
            (triple,) = ox.parse(f"<x:x> <x:x> {text} .", ox.RdfFormat.N_TRIPLES)
            return str(triple.object)
        except (SyntaxError, ValueError):
            return _text(text)
    return _named(text) or _text(text)


@lru_cache(maxsize=4096)
def _named(iri: str) -> str | None:
    """Write an IRI, with a prefix where that is sure to be read as meant."""
    try:
        written = str(ox.NamedNode(iri))
    except ValueError:
        return None
    match = _PLAIN.fullmatch(iri)
    prefix = match and _SPACES.get(match[1])
    return f"{prefix}:{match[2]}" if match and prefix else written


def _text(text: str) -> str:
    return str(ox.Literal(text.encode("utf-8", "backslashreplace").decode()))


def _positive(number: int) -> str:
    return f'"{number}"^^xsd:positiveInteger'


class _UnreadablePath(Exception):
    """The words are no path."""


def _path_node(text: str, write: Callable[[str], str | None]) -> str | None:
    """Write a path as a Turtle node, or return None where it cannot be read.

    `write` writes the property whose name or IRI it is given, and returns None for what is
    neither.
    """
    try:
        reader = _PathReader(_path_tokens(text), write)
        node = reader.path()
        return node if reader.peek() == "" else None
    except _UnreadablePath:
        return None


def _path_tokens(text: str) -> list[str]:
    """Cut a text into properties and signs."""
    tokens, at = [], 0
    while at < len(text):
        match = _PATH_TOKEN.match(text, at)
        if match is None:
            raise _UnreadablePath
        tokens.append(match[1] or match[2] or match[3] or "")
        at = match.end()
    return tokens


class _PathReader:
    """Reads one path, token by token."""

    def __init__(self, tokens: list[str], write: Callable[[str], str | None]) -> None:
        self._tokens = [*reversed(tokens)]
        self._write = write

    def peek(self) -> str:
        """Look at the next token, which is empty at the end."""
        return self._tokens[-1] if self._tokens else ""

    def path(self) -> str:
        """Read steps one after the other, or choices."""
        steps = [self._step()]
        sign = self.peek()
        while sign in ("/", "|") and self.peek() == sign:
            self._tokens.pop()
            steps.append(self._step())
        if len(steps) == 1:
            return steps[0]
        items = f"( {' '.join(steps)} )"
        return items if sign == "/" else f"[ sh:alternativePath {items} ]"

    def _step(self) -> str:
        if self.peek() == "^":
            self._tokens.pop()
            return f"[ sh:inversePath {self._step()} ]"
        node = self._first()
        while self.peek() in _PATH_MARKS:
            node = f"[ {_PATH_MARKS[self._tokens.pop()]} {node} ]"
        return node

    def _first(self) -> str:
        if not self._tokens:
            raise _UnreadablePath
        token = self._tokens.pop()
        if token == "(":
            node = self.path()
            if not self._tokens or self._tokens.pop() != ")":
                raise _UnreadablePath
            return node
        node_or_none = self._write(token)
        if node_or_none is None:
            raise _UnreadablePath
        return node_or_none
