"""Property paths (https://www.w3.org/TR/shacl/#property-paths): read, follow, write.

The value nodes of a path are those pySHACL finds, which goes through an inverted
sequence from its first step to its last. It gives up where a path is nested too deeply,
and so does `read_path`, which leaves the shape to it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from ..rdf import Index, Term
from .data_graph import DataGraph
from .declarations import RDF_FIRST, Node, UnsupportedShape, read_list, sh

Follow = Callable[[int], Sequence[int]]
_DEEPEST = 10  # pySHACL gives up here
_NONE: dict[int, list[int]] = {}


@dataclass(frozen=True, slots=True)
class PredicatePath:
    """One step along a property."""

    term: ox.NamedNode


@dataclass(frozen=True, slots=True)
class InversePath:
    """A path backwards."""

    path: "Path"


@dataclass(frozen=True, slots=True)
class SequencePath:
    """Paths one after the other."""

    paths: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class AlternativePath:
    """Any of several paths."""

    paths: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class RepeatedPath:
    """A path again and again: ``*`` and ``?`` may stay where they are, ``+`` and ``*`` go on."""

    path: "Path"
    mark: Literal["*", "+", "?"]


Path = PredicatePath | InversePath | SequencePath | AlternativePath | RepeatedPath
_MARKS: dict[ox.NamedNode, Literal["*", "+", "?"]] = {
    sh("zeroOrMorePath"): "*",
    sh("oneOrMorePath"): "+",
    sh("zeroOrOnePath"): "?",
}
_INVERSE, _ALTERNATIVE = sh("inversePath"), sh("alternativePath")


def read_path(shapes: Index, node: Term, shape: Node, depth: int = 0) -> Path:
    """Read a path, or raise `UnsupportedShape` for `shape` where it is not well-formed.

    A node that begins a list is one; what else it may be does not count.
    """
    if isinstance(node, ox.NamedNode):
        return PredicatePath(node)
    kinds = (RDF_FIRST, _INVERSE, _ALTERNATIVE, *_MARKS)
    kind = next((kind for kind in kinds if shapes.objects(node, kind)), None)
    if isinstance(node, ox.Literal) or kind is None or depth >= _DEEPEST:
        raise UnsupportedShape(shape, "its path is not well-formed, or too deep")
    if kind == RDF_FIRST:
        steps = read_list(shapes, node, shape)
        if depth + len(steps) > _DEEPEST:
            raise UnsupportedShape(shape, "its path has too many steps")
        return SequencePath(_read_all(shapes, steps, shape, depth + len(steps)))
    inner = _only(shapes, node, kind, shape)
    if kind == _ALTERNATIVE:
        return AlternativePath(_read_all(shapes, read_list(shapes, inner, shape), shape, depth + 1))
    path = read_path(shapes, inner, shape, depth + 1)
    return InversePath(path) if kind == _INVERSE else RepeatedPath(path, _MARKS[kind])


def _only(shapes: Index, node: Term, kind: ox.NamedNode, shape: Node) -> Term:
    values = shapes.objects(node, kind)
    if len(values) != 1:
        raise UnsupportedShape(shape, "its path is not well-formed")
    return values[0]


def _read_all(shapes: Index, nodes: Sequence[Term], shape: Node, depth: int) -> tuple[Path, ...]:
    if len(nodes) < 2:
        raise UnsupportedShape(shape, "a path of several steps or choices has fewer than two")
    return tuple(read_path(shapes, node, shape, depth) for node in nodes)


def follower(path: Path | None, data: DataGraph) -> Follow:
    """Make what lists the value nodes of a focus node, each once; without a path, itself."""
    if path is None:
        return lambda focus: (focus,)
    return _follower(path, data, False)


def _follower(path: Path, data: DataGraph, inverse: bool) -> Follow:
    match path:
        case PredicatePath(term):
            return _step(data, data.number(term), inverse)
        case InversePath(inner):
            return _follower(inner, data, not inverse)
        case SequencePath(paths):
            return _one_after_other([_follower(each, data, inverse) for each in paths])
        case AlternativePath(paths):
            choices = [_follower(each, data, inverse) for each in paths]
            return lambda focus: _unique(value for each in choices for value in each(focus))
        case RepeatedPath(inner, mark):
            return _again(_follower(inner, data, inverse), mark)


def _step(data: DataGraph, predicate: int, inverse: bool) -> Follow:
    if inverse:
        subjects = data.by_predicate.get(predicate, _NONE)
        return lambda focus: subjects.get(focus, ())
    by_subject = data.by_subject
    return lambda focus: by_subject.get(focus, _NONE).get(predicate, ())


def _one_after_other(steps: list[Follow]) -> Follow:
    def follow(focus: int) -> Sequence[int]:
        reached: Sequence[int] = (focus,)
        for step in steps:
            reached = _unique(value for node in reached for value in step(node))
        return reached

    return follow


def _again(step: Follow, mark: str) -> Follow:
    if mark == "?":
        return lambda focus: _unique((focus, *step(focus)))

    def follow(focus: int) -> Sequence[int]:
        reached = {focus: None} if mark == "*" else {}
        waiting = list(step(focus))
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached[node] = None
                waiting += step(node)
        return tuple(reached)

    return follow


def _unique(values: Iterable[int]) -> Sequence[int]:
    return tuple(dict.fromkeys(values))


def write_path(path: Path, write: Callable[[ox.NamedNode], str] = str) -> str:
    """Write a path as SPARQL does; `write` writes a property."""
    match path:
        case PredicatePath(term):
            return write(term)
        case InversePath(inner):
            return f"^{write_path(inner, write)}"
        case SequencePath(paths):
            return f"({'/'.join(write_path(each, write) for each in paths)})"
        case AlternativePath(paths):
            return f"({'|'.join(write_path(each, write) for each in paths)})"
        case RepeatedPath(inner, mark):
            return f"{write_path(inner, write)}{mark}"


def show_path(shapes: Index, node: Node, write: Callable[[Term], str]) -> str:
    """Write the path of a result for people: a property as it is, others as SPARQL does.

    `write` writes a property; what is no path of the shapes is written so, too.
    """
    if isinstance(node, ox.NamedNode):
        return node.value
    try:
        return write_path(read_path(shapes, node, node), write)
    except UnsupportedShape:
        return write(node)
