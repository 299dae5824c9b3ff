"""Ask a snapshot one question, in this process.

For the person at the keyboard, who may use their own machine as they like: there is no
deadline and no limit. Queries of others go through the engine.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import IO, TypeVar

import pyoxigraph as ox

from .. import names
from ..errors import FormatUnavailable
from ..queries import syntax_error
from . import Snapshot

_ROWS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
# The W3C defines CSV and TSV for the rows of a SELECT only.
_BOOLEAN = {name: _ROWS[name] for name in ("json", "xml")}
_GRAPH = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
TABLE = "table"
_BASE = f"{names.BASE}sparql"
_Format = TypeVar("_Format")
_Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class LocalResult:
    """The result of one query, not yet written."""

    def __init__(self, results: _Results) -> None:
        self._results = results

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The variables of a SELECT; None for other kinds of query."""
        if isinstance(self._results, ox.QuerySolutions):
            return tuple(variable.value for variable in self._results.variables)
        return None

    @property
    def truth(self) -> bool | None:
        """The result of an ASK; None for other kinds of query."""
        return bool(self._results) if isinstance(self._results, ox.QueryBoolean) else None

    def rows(self) -> Iterator[list[str]]:
        """Write the rows of a SELECT for people: our IRIs short, literals bare."""
        assert isinstance(self._results, ox.QuerySolutions)
        for solution in self._results:
            yield ["" if term is None else _shown(term) for term in solution]

    def bindings(self) -> Iterator[dict[str, str]]:
        """List the rows of a SELECT with what is bound, as texts."""
        assert isinstance(self._results, ox.QuerySolutions)
        names = [variable.value for variable in self._results.variables]
        for solution in self._results:
            pairs = zip(names, solution, strict=True)
            yield {name: str(getattr(term, "value", term)) for name, term in pairs if term}

    def write(self, form: str, output: IO[bytes]) -> None:
        """Write the result to `output`, or raise `FormatUnavailable`."""
        results = self._results
        if isinstance(results, ox.QuerySolutions):
            results.serialize(output, _choose("A SELECT", form, _ROWS))
        elif isinstance(results, ox.QueryBoolean):
            results.serialize(output, _choose("An ASK", form, _BOOLEAN))
        else:
            known = _choose("A CONSTRUCT or DESCRIBE", form, _GRAPH, table=False)
            prefixes = names.PREFIXES if form == "turtle" else None
            ox.serialize(results, output, known, prefixes=prefixes)


def load(snapshot: Snapshot) -> ox.Store:
    """Load a snapshot, to be asked."""
    store = ox.Store()
    store.bulk_load(path=str(snapshot.dataset), format=ox.RdfFormat.N_QUADS)
    return store


def ask(store: ox.Store, sparql: str, union: bool) -> LocalResult:
    """Evaluate a query, over all graphs as one if `union`; `QuerySyntaxError` if it is none."""
    try:
        return LocalResult(store.query(sparql, base_iri=_BASE, use_default_graph_as_union=union))
    except SyntaxError as fault:
        raise syntax_error(str(fault)) from fault


def parse(sparql: str) -> None:
    """Parse a query, if it is one; what is nested too deeply ends the process."""
    with suppress(SyntaxError):
        ox.Store().query(sparql, base_iri=_BASE)


def _choose(kind: str, form: str, known: Mapping[str, _Format], table: bool = True) -> _Format:
    if form not in known:
        choice = ", ".join([TABLE, *known] if table else known)
        raise FormatUnavailable(f"{kind} has no {form} form; choose one of {choice}.")
    return known[form]


def _shown(term: object) -> str:
    match term:
        case ox.NamedNode():
            return names.shorten(term.value) if names.is_ours(term.value) else term.value
        case ox.Literal():
            return term.value
    return str(term)
