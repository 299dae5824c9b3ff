"""Shapes: pySHACL over ontology and data, each result turned into a finding."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyshacl
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

from .. import names
from ..dataset import Dataset
from ..findings import Finding, Severity
from ..locate import Places, shown, written

_SEVERITIES: dict[Node | None, Severity] = {SH.Warning: "warning", SH.Info: "info"}
_MARKS: dict[Node, str] = {
    SH.zeroOrMorePath: "*",
    SH.oneOrMorePath: "+",
    SH.zeroOrOnePath: "?",
}


def check_shapes(dataset: Dataset, places: Places) -> Iterator[Finding]:
    """Validate ontology and data together: classes and vocabularies count as data, too."""
    shapes = dataset.union("shapes")
    with _overheard() as warnings:
        try:
            # The data are a merged copy, so pySHACL need not make another.
            _, results, text = pyshacl.validate(
                _Data(dataset.union("ontology", "data")),
                shacl_graph=shapes,
                inference="none",
                advanced=True,
                inplace=True,
            )
        except Exception as fault:
            # A slip in a shape's SPARQL or regular expression comes out as whatever the
            # libraries below raise, some of it bare; it is a finding like any other.
            results, text = None, f"{type(fault).__name__}: {fault}"
    yield from (_unusable(warning) for warning in warnings)
    if isinstance(results, Graph):
        report = results.value(None, RDF.type, SH.ValidationReport)
        # Nested results (sh:detail) explain a result; they are not results of their own.
        for result in results.objects(report, SH.result):
            yield _finding(results, result, shapes, places)
    else:
        yield _unusable(text)


class _Data(Graph):
    """Data that parse a query once; pySHACL asks anew for every focus node."""

    def __init__(self, triples: Graph) -> None:
        super().__init__(triples.store, triples.identifier, bind_namespaces="none")
        self._prepared: dict[str, Query] = {}

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
        """Answer a query, parsed now or before."""
        if isinstance(query_object, str):
            if query_object not in self._prepared:
                namespaces = dict(self.namespaces())
                self._prepared[query_object] = prepareQuery(query_object, initNs=namespaces)
            query_object = self._prepared[query_object]
        return super().query(query_object, *args, **kwargs)


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Collect what pySHACL would log: it skips a constraint that it cannot read."""
    messages: list[str] = []

    def listen(record: logging.LogRecord) -> bool:
        if record.levelno == logging.WARNING:
            messages.append(record.getMessage())
        return False  # Errors are raised as well, the rest is small talk.

    logger = logging.getLogger("pyshacl-validate")
    logger.addFilter(listen)
    try:
        yield messages
    finally:
        logger.removeFilter(listen)


def _unusable(problem: str) -> Finding:
    """Report shapes that pySHACL cannot apply; it does not say where they stand."""
    message = f"The shapes cannot be applied: {' '.join(problem.split())}"
    return Finding(f"{names.RULE}shape-unusable", "violation", message)


def _finding(results: Graph, result: Node, shapes: Graph, places: Places) -> Finding:
    focus = results.value(result, SH.focusNode)
    shape = results.value(result, SH.sourceShape)
    path = results.value(result, SH.resultPath)
    assert focus is not None  # SHACL demands both
    assert shape is not None
    return places.finding(
        _rule(shapes, shape),
        _SEVERITIES.get(results.value(result, SH.resultSeverity), "violation"),
        _message(results, result),
        focus,
        path if isinstance(path, URIRef) else None,
        results.value(result, SH.value),
        component=_text(results.value(result, SH.sourceConstraintComponent)),
        path_text=None if path is None else _path(results, path),
    )


def _rule(shapes: Graph, shape: Node) -> str:
    """Name the shape, or the nearest named one that holds it."""
    seen: set[Node] = set()
    while isinstance(shape, BNode) and shape not in seen:
        seen.add(shape)
        shape = next(shapes.subjects(None, shape), shape)
    return written(shape) if isinstance(shape, URIRef) else f"{names.RULE}anonymous-shape"


def _message(results: Graph, result: Node) -> str:
    """Take the message in English, else in the first language there is."""
    messages = list(results.objects(result, SH.resultMessage))
    ordered = sorted(messages, key=lambda text: (_language(text) != "en", str(text)))
    return " ".join(str(ordered[0]).split()) if ordered else "This breaks the shape."


def _language(text: Node) -> str:
    return text.language or "" if isinstance(text, Literal) else ""


def _text(term: Node | None) -> str | None:
    return None if term is None else str(term)


def _path(graph: Graph, path: Node) -> str:
    """Write a SHACL path: a property as it is, all others as SPARQL writes them."""
    return str(path) if isinstance(path, URIRef) else _step(graph, path)


def _step(graph: Graph, path: Node) -> str:
    if isinstance(path, URIRef):
        return shown(path)
    if (inverse := graph.value(path, SH.inversePath)) is not None:
        return f"^{_step(graph, inverse)}"
    if (choices := graph.value(path, SH.alternativePath)) is not None:
        return f"({'|'.join(_step(graph, item) for item in Collection(graph, choices))})"
    for mark, sign in _MARKS.items():
        if (inner := graph.value(path, mark)) is not None:
            return f"{_step(graph, inner)}{sign}"
    return f"({'/'.join(_step(graph, item) for item in Collection(graph, path))})"
