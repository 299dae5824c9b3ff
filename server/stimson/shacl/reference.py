"""pySHACL: a second opinion on whole graphs, and the engine for shapes that ours does not handle.

pySHACL's own means to restrict a run, ``focus_nodes`` and ``use_shapes``, silently pass
over shapes and nodes that others refer to. So it gets all shapes, and those that are
not asked for lose their targets: they are applied where others refer to them only.
"""

import logging
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pyoxigraph as ox
import pyshacl
from pyshacl.errors import ShapeRecursionWarning, ValidationFailure
from pyshacl.monkey import rdflib_bool_patch, rdflib_bool_unpatch
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result as QueryResult
from rdflib.term import Node as RdflibNode

from ..rdf import Index, Term
from ..rdf.rdflib_bridge import to_node, to_term
from .data_graph import PREDICATES, class_kinds
from .declarations import Node, sh
from .shape_model import Failure, ValidationReport, ValidationResult

# Literals that have a parser of their own, and each kind of shape that is left to pySHACL.
_SAMPLE = """
PREFIX : <http://example.org/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

:a a :C ;
  :date "2022-9-30"^^xsd:date ; :html "<p>a"^^rdf:HTML ; :xml "<a>b</a>"^^rdf:XMLLiteral .

:Datatype a sh:NodeShape ; sh:targetClass :C ;
  sh:property [ sh:path :html ; sh:datatype rdf:HTML ] .
:Expression a sh:NodeShape ; sh:targetClass :C ;
  sh:expression [ :function ( [ sh:path :date ] ) ] .
:function a sh:SPARQLFunction ; sh:parameter [ sh:path :date ] ; sh:returnType xsd:boolean ;
  sh:ask "ASK { FILTER ($date = 1) }" .
:Rule a sh:NodeShape ; sh:targetClass :C ;
  sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object :o ] ,
    [ a sh:SPARQLRule ; sh:construct "CONSTRUCT { $this a ?o } WHERE { $this a ?o }" ] .
:Query a sh:NodeShape ;
  sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this a ?class }" ] ;
  sh:sparql [ sh:select "SELECT $this { $this a ?class }" ] .
"""


def validate(data: Index, shapes: Index) -> ValidationReport:
    """Validate data against shapes with pySHACL alone, in this process.

    Nothing of our engine takes part. If pySHACL cannot apply the shapes, none of them is
    applied: there is one failure, which names no shape.
    """
    return Reference(data, shapes).apply(None)


def preload() -> None:
    """Use once what rdflib and pySHACL import only when it is first used.

    A process that can open no file later on would else fail at the first contribution that
    needs it; or, where the libraries take what they cannot import for a literal that they
    cannot read, give a wrong answer.
    """
    index = Index(ox.parse(_SAMPLE, format=ox.RdfFormat.TURTLE))
    # In this process: what another one loads is lost with it.
    report = validate(index, index)
    assert report.results, report.failures  # else something was not used


class Reference:
    """pySHACL over one index of data and one of shapes, both of them converted once."""

    def __init__(self, data: Index, shapes: Index) -> None:
        self._data = _convert(data)
        # pySHACL does so for the shapes that it reads itself: to SHACL, 1 is not true.
        rdflib_bool_patch()  # type: ignore[no-untyped-call]
        self._shapes = _convert(shapes)
        rdflib_bool_unpatch()  # type: ignore[no-untyped-call]
        self._targets = {to_node(term) for term in (*PREDICATES, sh("target"))}
        self._kinds = {to_node(term) for term in class_kinds(shapes)}

    def apply(self, shape: Node | None, focus: Collection[Term] | None = None) -> ValidationReport:
        """Apply one shape to its targets, and others where it refers to them; None for all.

        Where `focus` is given, it takes the place of the targets.
        """
        graph, kept = Graph(bind_namespaces="none"), None if shape is None else to_node(shape)
        for triple in self._shapes:
            is_kept = kept is None or (focus is None and triple[0] == kept)
            if is_kept or not self._gives_target(*triple):
                graph.add(triple)
        if kept is not None:
            for term in focus or ():
                graph.add((kept, SH.targetNode, to_node(term)))
        return self._validate(graph, shape)

    def _gives_target(self, _: RdflibNode, predicate: RdflibNode, value: RdflibNode) -> bool:
        """Tell whether a triple gives a target, be it in saying that a shape is a class."""
        return predicate in self._targets or (predicate == RDF.type and value in self._kinds)

    def _validate(self, shapes: Graph, shape: Node | None) -> ValidationReport:
        with _logged_warnings() as messages, _quiet(), warnings.catch_warnings():
            # It backs out of a recursion, of which the Recommendation says nothing.
            warnings.simplefilter("ignore", ShapeRecursionWarning)
            try:
                _, report, text = pyshacl.validate(
                    Data(self._data),
                    shacl_graph=shapes,
                    inference="none",
                    advanced=True,
                    inplace=True,  # the data are a copy already
                )
            except MemoryError:
                raise  # whoever limits the memory of this process has a word for it
            except Exception as fault:
                # A slip in a shape's SPARQL or regular expression comes out as whatever the
                # libraries below raise, some of it bare; it is a finding like any other.
                report, text = None, f"{type(fault).__name__}: {fault}"
        failures = [Failure(shape, message) for message in messages]
        if not isinstance(report, Graph):
            return ValidationReport([], [*failures, Failure(shape, text)])
        with _quiet():
            return ValidationReport(list(_results(report)), failures)


class Data(Graph):
    """Data that parse a query once; pySHACL asks anew for every focus node."""

    def __init__(self, triples: Graph) -> None:
        super().__init__(triples.store, triples.identifier, bind_namespaces="none")
        self._prepared: dict[str, Query] = {}

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> QueryResult:
        """Answer a query, parsed now or before."""
        if isinstance(query_object, str):
            if query_object not in self._prepared:
                namespaces = dict(self.namespaces())
                query = prepareQuery(query_object, initNs=namespaces)
                traverse(query.algebra, visitPre=_refuse_service)
                self._prepared[query_object] = query
            query_object = self._prepared[query_object]
        return super().query(query_object, *args, **kwargs)


def _refuse_service(part: object) -> None:
    """Raise `ValidationFailure` at a part of a query that asks another endpoint."""
    # pySHACL refuses it in constraints, but not in targets, functions and rules.
    if isinstance(part, CompValue) and part.name == "ServiceGraphPattern":
        problem = "A query asks another endpoint (SERVICE), and nothing is fetched."
        raise ValidationFailure(problem)  # type: ignore[no-untyped-call]


@contextmanager
def _logged_warnings() -> Iterator[list[str]]:
    """Collect what pySHACL would log: it skips a constraint that it cannot read."""
    messages: list[str] = []

    def listen(record: logging.LogRecord) -> bool:
        if record.levelno == logging.WARNING:
            messages.append(record.getMessage())
        return False  # Errors are raised as well, the rest is small talk.

    with _filtered("pyshacl-validate", listen):
        yield messages


def _quiet() -> AbstractContextManager[None]:
    """Keep rdflib from logging a traceback for every ill-typed literal."""
    return _filtered("rdflib.term", lambda _: False)


@contextmanager
def _filtered(name: str, keep: Callable[[logging.LogRecord], bool]) -> Iterator[None]:
    logger = logging.getLogger(name)
    logger.addFilter(keep)
    try:
        yield
    finally:
        logger.removeFilter(keep)


def _convert(index: Index) -> Graph:
    """Make a graph of an index, each term converted once."""
    with _quiet():
        nodes = [to_node(term) for term in index.terms]
    graph = Graph(bind_namespaces="none")
    for subject, properties in index.by_subject.items():
        for predicate, values in properties.items():
            for value in values:
                graph.add((nodes[subject], nodes[predicate], nodes[value]))
    return graph


def _results(report: Graph) -> Iterator[ValidationResult]:
    """Read a report; nested results (sh:detail) explain a result, and are none of their own."""
    top = report.value(None, RDF.type, SH.ValidationReport)
    for result in report.objects(top, SH.result):
        get = partial(_value, report, result)
        shape, component = get(SH.sourceShape), get(SH.sourceConstraintComponent)
        focus, severity = get(SH.focusNode), get(SH.resultSeverity)
        assert focus is not None  # SHACL demands both
        assert severity is not None
        yield ValidationResult(
            focus,
            get(SH.resultPath),  # type: ignore[arg-type]  # a query may give anything
            get(SH.value),
            component,  # type: ignore[arg-type]  # components are IRIs
            shape,  # type: ignore[arg-type]  # shapes are no literals
            severity,
            tuple(sorted(map(to_term, report.objects(result, SH.resultMessage)), key=str)),  # type: ignore[arg-type]
            get(SH.sourceConstraint),
        )


def _value(report: Graph, result: RdflibNode, predicate: URIRef) -> Term | None:
    node = report.value(result, predicate)
    return None if node is None else to_term(node)
