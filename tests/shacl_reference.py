"""pySHACL as the referee, asked directly, and results in a form that compares."""

import warnings
from collections import Counter
from functools import partial

import pyoxigraph as ox
import pyshacl
from pyshacl.errors import ShapeRecursionWarning
from rdflib import RDF, SH, Graph

from stimson import shacl
from stimson.rdf import Index, Term, named
from stimson.rdf.rdflib_bridge import to_graph, to_term
from stimson.shacl.reference import Data
from xsd_order import xsd_order

MESSAGE = named("sh:message")


def turtle(text: str) -> Index:
    """Read Turtle; blank nodes keep their labels."""
    head = """
        @prefix : <https://example.org/> .
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
    """
    return Index(ox.parse(head + text, format=ox.RdfFormat.TURTLE))


def by_reference(data: Index, shapes: Index) -> Counter[tuple[object, ...]] | None:
    """Validate with pySHACL; None if it fails to apply the shapes."""
    graphs = [to_graph(ox.Triple(*triple) for triple in index) for index in (data, shapes)]
    with warnings.catch_warnings(), xsd_order():
        warnings.simplefilter("ignore", ShapeRecursionWarning)
        try:
            _, report, _ = pyshacl.validate(
                Data(graphs[0]), shacl_graph=graphs[1], advanced=True, inplace=True
            )
        except Exception:  # whatever the libraries below raise
            return None
    if not isinstance(report, Graph):
        return None
    found = Counter()
    for result in report.objects(report.value(None, RDF.type, SH.ValidationReport), SH.result):
        get = partial(_value, report, result)
        texts = [to_term(text) for text in report.objects(result, SH.resultMessage)]
        found[
            key(
                shapes,
                get(SH.focusNode),
                get(SH.resultPath),
                get(SH.value),
                get(SH.sourceConstraintComponent),
                get(SH.sourceShape),
                get(SH.resultSeverity),
                get(SH.sourceConstraint),
                texts,
            )
        ] += 1
    return found


def ours(found: shacl.ValidationReport, shapes: Index) -> Counter[tuple[object, ...]]:
    """Write our results so that they compare."""
    return Counter(
        key(
            shapes,
            result.focus,
            result.path,
            result.value,
            result.component,
            result.source_shape,
            result.severity,
            result.source_constraint,
            result.messages,
        )
        for result in found.results
    )


def key(
    shapes: Index,
    focus: Term,
    path: Term | None,
    value: Term | None,
    component: Term,
    shape: Term,
    severity: Term,
    constraint: Term | None,
    messages: list[Term],
) -> tuple[object, ...]:
    """Name a result; its messages count where the shape or the query has one."""
    has_own = any(shapes.objects(each, MESSAGE) for each in (shape, constraint) if each is not None)
    texts = frozenset(map(str, messages)) if has_own else None
    return (*map(str, (focus, path, value, component, shape, severity, constraint)), texts)


def _value(report: Graph, result: object, predicate: object) -> Term | None:
    node = report.value(result, predicate)
    return None if node is None else to_term(node)
