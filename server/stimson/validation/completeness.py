"""Nothing has gone missing, and nothing has come twice: counts, and answers of saved queries.

An ontology is good for the questions that can be put to it; a query that has lost its
answer tells that something which used to be in the data, or used to follow, is gone.
"""

import difflib
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from .. import names, processes
from ..errors import InvalidFile, InvalidParameter, InvalidQueryFile, NothingToRead
from ..findings import Finding
from ..mappings.mapping_graph import to_quads
from ..mappings.sssom_tsv import read_folder
from ..project import Count
from ..queries import SavedQuery, read_query, syntax_error
from ..rdf import Index, Term, named
from .stages import ValidationContext

_TYPE, _BELOW = named("rdf:type"), named("rdfs:subClassOf")
SECONDS = 20.0  # for one query; a served one has no longer, by default
_SHARE = 0.2  # of the time that is left, for one query
_BASE = f"{names.BASE}sparql"
_LINE = re.compile(r"\bline (\d+)")
_KEY = re.compile(r"`(\w+)`|header: (\w+)|^(\w+)=")
_Problem = tuple[str, str, int | None, int | None]  # slug, message, line, column


def check_counts(context: ValidationContext) -> Iterator[Finding]:
    """Find classes of which there are fewer or more things than the project's file says."""
    index = context.dataset.index("ontology", "data")
    for count in context.project.counts:
        number = len(_things(index, ox.NamedNode(count.of)))
        if message := _count_problem(index, count, number):
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
    classes: list[Term] = [of]
    for each in classes:
        classes += [below for below in index.subjects(_BELOW, each) if below not in classes]
    return {thing for each in classes for thing in index.subjects(_TYPE, each)}


def _count_problem(index: Index, count: Count, number: int) -> str | None:
    """Say what is wrong with a number of things, if anything is."""
    name = names.shorten(count.of)
    if count.minimum is not None and number < count.minimum:
        hint = _class_hint(index, count.of) if number == 0 else "."
        least = f"at least {count.minimum} must be{hint}"
        return f"{name}: there are {number} of this class, but {least}"
    if count.maximum is not None and number > count.maximum:
        return f"{name}: there are {number} of this class, but at most {count.maximum} may be."
    return None


def _class_hint(index: Index, iri: str) -> str:
    """Suggest classes in use whose names are spelt almost alike."""
    kinds = (kind for thing in index.subjects_with(_TYPE) for kind in index.objects(thing, _TYPE))
    used = dict.fromkeys(kind.value for kind in kinds if isinstance(kind, ox.NamedNode))
    close = difflib.get_close_matches(iri, used, n=1, cutoff=0.8)
    return f"; did you mean {names.shorten(close[0])}?" if close else "."


def check_queries(context: ValidationContext, seconds: float = SECONDS) -> Iterator[Finding]:
    """Find saved queries that cannot be read, or have not the answer that they promise."""
    folder = context.project.queries
    assert folder is not None  # a project without queries does not come to this stage
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise NothingToRead(f"{folder}: no saved query (*.rq) found; name the folder by --queries.")
    queries: dict[Path, SavedQuery] = {}
    for path in paths:
        try:
            queries[path] = read_query(path)
        except (InvalidQueryFile, InvalidParameter) as fault:
            yield _header(path, str(fault).removeprefix(f"{path}: "))
    store = _whole(context)
    tasks = [partial(_ask, store, query) for query in queries.values()]
    # A query that names another endpoint does not reach it: nothing can be opened.
    (problems,) = processes.run([tasks], _SHARE, seconds, is_closed=True)
    for path, problem in zip(queries, problems, strict=True):
        if isinstance(problem, processes.Cut):
            yield _finding(path, ("query-answer", _why(problem, seconds), None, None))
        elif problem is not None:
            yield _finding(path, problem)


def _whole(context: ValidationContext) -> ox.Store:
    """Gather what will be served: what is said, what follows, and what is mapped.

    No other stage asks the store after this one, so there is no need for a second.
    """
    try:
        sets = read_folder(context.project.folders.data)
    except InvalidFile:
        sets = []  # the stage of references tells what is wrong
    store = context.closure.store
    store.extend(to_quads(sets))
    return store


def _ask(store: ox.Store, query: SavedQuery) -> _Problem | None:
    """Put a query to all graphs taken as one, and say what is wrong with it, if anything is."""
    try:
        # As it stands in the file, so that lines are those of the file.
        store.query(query.sparql, base_iri=_BASE)
        results = store.query(query.bind(), base_iri=_BASE, use_default_graph_as_union=True)
    except SyntaxError as fault:
        told = syntax_error(str(fault))
        message = f"This is not SPARQL: {told.problem}."
        return "query-syntax", message, told.line, told.column
    try:
        problem = _disappointment(query, results)
    except (OSError, RuntimeError) as fault:
        problem = f"The query cannot be answered: {' '.join(str(fault).split())}."
    return None if problem is None else ("query-answer", problem, None, None)


def _disappointment(query: SavedQuery, results: Any) -> str | None:
    """Say what an answer lacks."""
    if not isinstance(results, ox.QuerySolutions):
        return "A saved query is a SELECT, whose columns its header explains; make it one."
    found = [variable.value for variable in results.variables]
    if found != list(query.columns):
        told = ", ".join(query.columns)
        return f"The columns are {', '.join(found)}, but the header says {told}; make them agree."
    number = sum(1 for _ in results)
    if number < query.minimum:
        least = f"at least {query.minimum}"
        return f"The query has {number} rows, but its header promises {least}; find what is gone."
    return None


def _why(cut: processes.Cut, seconds: float) -> str:
    if cut.why == "time":
        return (
            f"The query has no answer in time (at most {seconds:g} seconds); make it more specific."
        )
    return f"The query has no answer: {cut.problem}."


def _header(path: Path, message: str) -> Finding:
    """Report a header, at the line of the key that the message names."""
    place, key = _LINE.search(message), _KEY.search(message)
    line = int(place[1]) if place else 1
    if place is None and key is not None:
        # A column and a parameter may share a name; parameters stand below.
        name = re.compile(rf"#\+ +{key[key.lastindex or 1]}\b")
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        line = max((number for number, text in enumerate(lines, 1) if name.match(text)), default=1)
    return _finding(path, ("query-header", f"{message.rstrip('.')}.", line, 1))


def _finding(path: Path, problem: _Problem) -> Finding:
    slug, message, line, column = problem
    return Finding(
        f"{names.RULE}{slug}",
        "violation",
        message,
        file=path,
        line=line or 1,
        column=column or 1,
        focus=f"{names.QUERY}{path.stem}",
    )
