"""Counts: that nothing has gone missing, and nothing has come twice."""

import difflib
from collections import deque
from collections.abc import Iterator

import pyoxigraph as ox

from .. import names
from ..findings import Finding
from ..project import Count
from ..rdf import Index, Term, named
from .context import ValidationContext

_TYPE, _BELOW = named("rdf:type"), named("rdfs:subClassOf")


def check_counts(context: ValidationContext) -> Iterator[Finding]:
    """Find classes of which there are fewer or more things than the project's file says."""
    index = context.dataset.index("ontology", "data")
    for count in context.project.counts:
        number = len(_things(index, ox.NamedNode(count.of)))
        if message := _message(index, count, number):
            yield Finding(
                f"{names.RULE}count",
                "violation",
                message,
                file=context.project.file,
                line=count.line,
                column=None if count.line is None else 1,
                focus=count.of,
            )


def _things(index: Index, of: ox.NamedNode) -> set[Term]:
    """Collect what belongs to a class or to one below it."""
    found: set[Term] = set()
    seen: set[Term] = {of}
    waiting = deque[Term](seen)
    while waiting:
        current = waiting.popleft()
        found.update(index.subjects(_TYPE, current))
        below = set(index.subjects(_BELOW, current)) - seen
        seen |= below
        waiting.extend(below)
    return found


def _message(index: Index, count: Count, number: int) -> str | None:
    """Say what is wrong with a number of things, if anything is."""
    name = names.shorten(count.of)
    if count.minimum is not None and number < count.minimum:
        hint = _hint(index, count.of) if number == 0 else "."
        least = f"at least {count.minimum} must be{hint}"
        return f"{name}: there are {number} of this class, but {least}"
    if count.maximum is not None and number > count.maximum:
        return f"{name}: there are {number} of this class, but at most {count.maximum} may be."
    return None


def _hint(index: Index, iri: str) -> str:
    """Suggest classes in use whose names are spelt almost alike."""
    numbers = index.by_predicate.get(-1 if (at := index.number(_TYPE)) is None else at, {})
    used = [term.value for term in map(index.terms.__getitem__, numbers) if _is_named(term)]
    close = difflib.get_close_matches(iri, used, n=1, cutoff=0.8)
    return f"; did you mean {names.shorten(close[0])}?" if close else "."


def _is_named(term: Term) -> bool:
    return isinstance(term, ox.NamedNode)
