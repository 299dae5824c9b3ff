"""Media types and the serialisations of the engine behind them."""

from collections.abc import Mapping

from pyoxigraph import QueryResultsFormat, RdfFormat

from .. import names
from ..errors import FormatUnavailable

RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
# The W3C defines CSV and TSV for the rows of a SELECT only.
BOOLEANS = {
    name: form
    for name, form in RESULTS.items()
    if form not in (QueryResultsFormat.CSV, QueryResultsFormat.TSV)
}
GRAPHS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/trig": RdfFormat.TRIG,
}
_PREFIXED = (RdfFormat.TURTLE, RdfFormat.TRIG)
KINDS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "SELECT": ("A SELECT query", RESULTS),
    "ASK": ("An ASK query", BOOLEANS),
    "CONSTRUCT": ("A CONSTRUCT or DESCRIBE query", GRAPHS),
}


def of_result(form: str, wanted: str | None) -> str:
    """Give the media type wanted for a form of query, or raise `FormatUnavailable`."""
    kind, known = KINDS[form]
    if wanted is None or wanted not in known:
        raise FormatUnavailable(f"{kind} is answered as one of {', '.join(known)}.")
    return wanted


def of_dataset(wanted: str | None) -> str:
    """Give the media type wanted for a whole dataset, or raise `FormatUnavailable`."""
    known = [name for name, form in GRAPHS.items() if form.supports_datasets]
    if wanted is None or wanted not in known:
        raise FormatUnavailable(f"A dataset is answered as one of {', '.join(known)}.")
    return wanted


def prefixes_for(form: RdfFormat) -> dict[str, str] | None:
    """Give the prefixes that a format is written with; None if it knows none."""
    return names.PREFIXES if form in _PREFIXED else None
