"""Shapes: the SHACL engine over ontology and data, each result turned into a finding."""

from collections.abc import Collection, Iterator

import pyoxigraph as ox

from .. import names, shacl
from ..findings import Finding, Severity
from ..rdf import Index, Term, display, lexical, named
from ..rdf.turtle.source_map import SourceMap
from .stages import UNFINISHED, ValidationContext

_SEVERITIES: dict[Term, Severity] = {named("sh:Warning"): "warning", named("sh:Info"): "info"}


def check_shapes(
    context: ValidationContext, among: Collection[Term] | None = None
) -> Iterator[Finding]:
    """Validate ontology and data together: classes and vocabularies count as data, too.

    Where `among` is given, no other nodes are checked for their own sake.
    """
    dataset, places = context.dataset, context.places
    shapes = dataset.index("shapes")
    report = _apply(context, shapes, among)
    for failure in report.failures:
        yield _unusable(failure, shapes, places)
    for result in report.results:
        yield _finding(result, shapes, places)


def _apply(
    context: ValidationContext, shapes: Index, among: Collection[Term] | None
) -> shacl.ValidationReport:
    """Have the chosen engine apply the shapes."""
    data = context.dataset.index("ontology", "data")
    if context.engine == "stimson":
        return shacl.validate(data, shapes, among)
    from ..shacl import reference  # importing rdflib and pySHACL takes a while

    assert among is None  # only contributions are checked so, and by our own engine
    return reference.validate(data, shapes)


def _unusable(failure: shacl.Failure, shapes: Index, places: SourceMap) -> Finding:
    """Report a shape that cannot be applied, at its place, as far as that is known."""
    rule = UNFINISHED if failure.is_incomplete else f"{names.RULE}shape-unusable"
    to_the_end = " to the end" if failure.is_incomplete else ""
    problem = " ".join(failure.problem.split())
    if failure.shape is None:
        return Finding(rule, "violation", f"The shapes cannot be applied{to_the_end}: {problem}")
    message = f"{display(_named(shapes, failure.shape))} cannot be applied{to_the_end}: {problem}"
    return places.finding(rule, "violation", message, failure.shape)


def _finding(result: shacl.ValidationResult, shapes: Index, places: SourceMap) -> Finding:
    path = result.path
    return places.finding(
        _rule(shapes, result.source_shape),
        _SEVERITIES.get(result.severity, "violation"),
        _message(result),
        result.focus,
        path if isinstance(path, ox.NamedNode) else None,
        result.value,
        component=result.component.value,
        path_text=None if path is None else shacl.show_path(shapes, path, display),
    )


def _rule(shapes: Index, shape: Term) -> str:
    """Name the shape, or the nearest named one that holds it."""
    owner = _named(shapes, shape)
    return f"{names.RULE}anonymous-shape" if isinstance(owner, ox.BlankNode) else lexical(owner)


def _named(shapes: Index, shape: Term) -> Term:
    """Find the nearest named node that a shape is part of; itself, if there is none."""
    node, seen = shape, set[Term]()
    while isinstance(node, ox.BlankNode) and node not in seen:
        seen.add(node)
        node = _holder(shapes, node) or node
    return node


def _holder(shapes: Index, node: Term) -> Term | None:
    number = shapes.number(node)
    for values in shapes.by_predicate.values():
        if number in values:
            return shapes.terms[values[number][0]]
    return None


def _message(result: shacl.ValidationResult) -> str:
    """Take the message in English, else in the first language there is."""
    ordered = sorted(result.messages, key=lambda text: (text.language != "en", text.value))
    return " ".join(ordered[0].value.split()) if ordered else "This breaks the shape."
