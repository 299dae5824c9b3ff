"""The checks themselves: what a submission breaks among all that is shipped.

All that is shipped is read and indexed once, and a submission taken in among it. It is checked
as one more file of the data, and what is found without it is left out. So
what it adds to a thing that is here already counts as well: if that thing breaks a rule
now, the submission did it.
"""

import logging
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from ... import names, paths
from ...errors import InvalidFile
from ...findings import Finding, Report, Rule, StageRun, report
from ...project import Project
from ...rdf import Dataset, Document, Index, Term, named, read_dataset
from ...rdf.turtle.source_map import SourceMap
from ...shacl import reference
from ...sources.quotations import check_quotations
from .. import reports
from ..catalogue import catalogue
from ..literal_checks import check_literals
from ..references import check_gaps, check_references, drop_consequences_of_gaps
from ..reports import FORMATS, Style
from ..shapes import check_shapes
from ..stages import STAGES, ValidationContext
from . import Submission, SubmissionResult
from .submission import read_submission

_NAMES = ("syntax", "references", "shacl", "quotations")
_STAGES = {stage.name: stage.title for stage in STAGES if stage.name in _NAMES}
_UNREAD = "only the syntax was checked; the other stages need to read it"
_SYNTAX = Rule(f"{names.RULE}syntax", "syntax", "What is sent can be read.", "syntax")
_EMPTY = Rule(f"{names.RULE}empty", "empty", "A contribution states something.", "syntax")
_RULES = {rule.iri: rule for rule in (_SYNTAX, _EMPTY)}
_COMPARED = "The texts of the sources were not compared with the quotations."
_SHAPES = "Shapes in a contribution are data like the rest: they were not applied."
_IMPORTS = "Nothing was fetched for owl:imports."
_BY_MEDIA_TYPE = {
    "application/ld+json": "JSON-LD passes over a key for which its context has no IRI.",
    "application/trig": "Named graphs were checked as one.",
    "application/n-quads": "Named graphs were checked as one.",
}
_SERVED = ("ontology", "data")  # looked into as one
_ALONE = ("ontology", "shapes")
_LOOKED_INTO = (_SERVED, *((part,) for part in _ALONE))
_TYPE, _ANYTHING = named("rdf:type"), named("rdfs:Resource")
_SHAPE_KINDS = (named("sh:NodeShape"), named("sh:PropertyShape"))
# One thing undefined, one that breaks a shape, letters of which the width is looked up, and
# literals for which rdflib has a parser and a writer of their own.
_REHEARSAL = f"""
PREFIX rdf: <{names.PREFIXES["rdf"]}>
<urn:x:a> a <{names.ST}State>, <{names.ST}Nothing> ; <urn:x:b> "\u4e8c\ufffe" ,
    "<p>a</p>"^^rdf:HTML , "<p"^^rdf:HTML , "<a>b</a>"^^rdf:XMLLiteral , "<a>"^^rdf:XMLLiteral .
"""


@dataclass(frozen=True)
class _Indexed(Dataset):
    """Documents to be checked, and indexes of more than these."""

    indexes: Mapping[frozenset[str], Index]

    def index(self, *parts: str) -> Index:
        """Give the index of some parts, the shipped files included."""
        return self.indexes[frozenset(parts)]


class Shipped:
    """Ontology, shapes and data as they are shipped."""

    def __init__(self) -> None:
        self.project = Project(root=paths.ASSETS)
        self._dataset = read_dataset(self.project.folders)
        self.rules = catalogue(self._dataset, self.project)
        self._indexes = {frozenset((part,)): self._dataset.index(part) for part in _ALONE}
        defined = (_definitions(self._dataset, part) for part in _SERVED)
        self._defined = {document.iri: document for document in defined}
        self.forget()

    def forget(self) -> None:
        """Leave out what was taken in."""
        self._indexes[frozenset(_SERVED)] = Index(self._dataset.triples(*_SERVED))

    def alone(self) -> Dataset:
        """Give the shipped data to the checks that look into indexes."""
        return _Indexed({}, self._indexes)

    def take_in(self, document: Document) -> Dataset:
        """Add a document and give it to the checks, among all that is shipped.

        It stays in the index, so that each submission needs a process of its own.
        """
        self._indexes[frozenset(_SERVED)].add(document.triples)
        return _Indexed({document.iri: document}, self._indexes)

    def definitions(self, document: Document) -> Dataset:
        """Give a document to the check of references, which knows all that is defined elsewhere."""
        whole = Dataset({**self._defined, document.iri: document})
        # Only looked into: what is found in what is shipped is no fault of the document.
        indexes = {frozenset(parts): whole.index(*parts) for parts in _LOOKED_INTO}
        return _Indexed({document.iri: document}, indexes)


def load() -> "SubmissionValidator":
    """Read what is shipped, and all that only a finding needs: checks can open no file."""
    # Who logs or warns of a literal would quote it, and open the file of its own source.
    logging.getLogger("rdflib").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    reports.preload()
    reference.preload()
    shipped = Shipped()
    validator = SubmissionValidator(shipped)
    validator.check(Submission(_REHEARSAL.encode(), "text/turtle", "rehearsal.ttl"), "text")
    shipped.forget()
    return validator


class SubmissionValidator:
    """Checks a submission among all that is `shipped`; the next one needs another process."""

    def __init__(self, shipped: Shipped) -> None:
        self._shipped = shipped
        # What is found in the shipped files themselves is no fault of a submission.
        self._known = {each.identity for each in self._among(shipped.alone(), Dataset({}), None)}

    def check(self, submission: Submission, report_format: str) -> SubmissionResult:
        """Check what was sent and write the report as `report_format`."""
        found = self._report(submission)
        text = submission.content.decode("utf-8", "replace")
        style = Style(texts={Path(submission.name): text})
        return SubmissionResult(found.conforms, FORMATS[report_format].render(found, style))

    def _report(self, submission: Submission) -> Report:
        try:
            document = read_submission(submission)
        except InvalidFile as fault:
            return _unread(fault)
        found = drop_consequences_of_gaps(self._findings(document))
        return replace(
            report(
                (replace(each, file=document.path) for each in found),
                1,
                _notes_on(document, submission.media_type),
            ),
            stages=tuple(StageRun(name, title) for name, title in _STAGES.items()),
            rules={**self._shipped.rules, **_RULES},
        )

    def _findings(self, document: Document) -> Iterator[Finding]:
        if not document.triples:
            yield _empty(document)
        alone = Dataset({document.iri: document})
        whole = self._shipped.take_in(document)
        yield from self._run("syntax", check_literals, whole, alone)
        yield from self._run(
            "references", check_references, self._shipped.definitions(document), alone
        )
        yield from self._run("references", check_gaps, whole, alone)
        for finding in self._among(whole, alone, _nodes(document)):
            if finding.identity not in self._known:
                yield finding

    def _among(
        self, whole: Dataset, alone: Dataset, nodes: Collection[Term] | None
    ) -> Iterator[Finding]:
        """Check the nodes of a submission by all that is known of them; None for all nodes."""
        yield from self._run("shacl", partial(check_shapes, among=nodes), whole, alone)
        yield from self._run("quotations", check_quotations, whole, alone)

    def _run(
        self,
        stage: str,
        check: Callable[[ValidationContext], Iterable[Finding]],
        dataset: Dataset,
        places: Dataset,
    ) -> Iterator[Finding]:
        """Run a check; findings get their places in `places` alone."""
        context = ValidationContext(self._shipped.project, dataset, SourceMap(places))
        return (replace(finding, stage=stage) for finding in check(context))


def _nodes(document: Document) -> set[Term]:
    """List what a submission speaks of, as a subject or an object."""
    index = document.index
    objects = chain.from_iterable(index.by_predicate.values())
    return {index.terms[number] for number in chain(index.by_subject, objects)}


def _unread(fault: InvalidFile) -> Report:
    finding = Finding(
        _SYNTAX.iri,
        "violation",
        fault.problem,
        fault.path,
        fault.line,
        fault.column,
        stage=_SYNTAX.stage,
    )
    runs = (
        StageRun(name, title, None if name == _SYNTAX.stage else _UNREAD)
        for name, title in _STAGES.items()
    )
    return replace(report([finding], 1), stages=tuple(runs), rules=_RULES)


def _empty(document: Document) -> Finding:
    message = "The contribution states no triple; check that it is in the format it is sent as."
    return Finding(_EMPTY.iri, "violation", message, document.path, stage=_EMPTY.stage)


def _notes_on(document: Document, media_type: str) -> tuple[str, ...]:
    """List what the sender of a submission may have expected in vain."""
    notes = [_COMPARED]
    if any(document.index.subjects(named("rdf:type"), kind) for kind in _SHAPE_KINDS):
        notes.append(_SHAPES)
    if any(triple.predicate == named("owl:imports") for triple in document.triples):
        notes.append(_IMPORTS)
    if media_type in _BY_MEDIA_TYPE:
        notes.append(_BY_MEDIA_TYPE[media_type])
    return tuple(notes)


def _definitions(dataset: Dataset, part: str) -> Document:
    """Write a document that speaks of the same things as a part does, and says nothing else.

    That of the data speaks of the things of all parts.
    """
    parts = (part,) if part == "ontology" else ()
    subjects = dict.fromkeys(triple.subject for triple in dataset.triples(*parts))
    triples = tuple(ox.Triple(each, _TYPE, _ANYTHING) for each in subjects if _is_ours(each))
    return Document(f"{names.GRAPH}defined/{part}", part, Path(part), "", triples)


def _is_ours(term: object) -> bool:
    project = Project(root=paths.ASSETS)
    return isinstance(term, ox.NamedNode) and term.value.startswith(project.terms + project.things)
