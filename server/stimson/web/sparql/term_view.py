"""RDF terms as the templates show them: text, never markup, and links only to http(s)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from ... import names
from ...rdf.terms import Term

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_XSD_DATE = f"{names.PREFIXES['xsd']}date"
_XSD_STRING = f"{names.PREFIXES['xsd']}string"
_IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{}|^`\\]*""")
_HAS_PAGE = (names.ID, names.STV, names.RULE, names.GRAPH, f"{names.ONTOLOGY}/", names.MAPPING)
SAFE = "/:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class TermView:
    """How a term is shown: `link` is None where there is nowhere to go."""

    text: str
    kind: str  # uri, literal, date, bnode
    link: str | None = None
    is_local: bool = False
    language: str | None = None
    datatype: str | None = None
    title: str | None = None
    short: str | None = None  # the prefixed name of what is shown by its label


def is_iri(text: str) -> bool:
    """Tell whether `text` can stand between angle brackets in a query."""
    return _IRI.fullmatch(text) is not None


def view_result_term(term: dict[str, Any], labels: Mapping[str, str] | None = None) -> TermView:
    """Show a term of a SPARQL JSON result, by its label where it has one."""
    if term["type"] == "uri":
        return view_iri(term["value"], (labels or {}).get(term["value"]))
    if term["type"] == "bnode":
        return TermView(f"_:{term['value']}", "bnode")
    if term["type"] != "literal":  # a triple term
        return TermView(str(term["value"]), "literal")
    return _literal(term["value"], term.get("xml:lang"), term.get("datatype"))


def view_term(term: Term, labels: dict[str, str]) -> TermView:
    """Show a term that the engine's library has read."""
    if isinstance(term, ox.NamedNode):
        return view_iri(term.value, labels.get(term.value))
    if isinstance(term, ox.Literal):
        return _literal(term.value, term.language, None if term.language else term.datatype.value)
    return TermView(str(term), "bnode" if isinstance(term, ox.BlankNode) else "literal")


def view_iri(iri: str, label: str | None = None) -> TermView:
    """Show an IRI by its label, else as short as its prefix makes it."""
    short = names.shorten(iri).removeprefix("<").removesuffix(">")
    local = local_path(iri)
    leads_out = iri.startswith(("http://", "https://")) and not iri.startswith(names.BASE)
    link = local or (iri if leads_out else None)
    beside = short if label and label != short else None
    return TermView(label or short, "uri", link, local is not None, title=iri, short=beside)


def local_path(iri: str) -> str | None:
    """Find the page of this site about `iri`, if it is one of ours.

    It is that of the page, not of the thing, which would only send the reader on.
    """
    if not iri.startswith(names.BASE):
        return None
    address, _, fragment = iri.partition("#")
    path = f"/{quote(address.removeprefix(names.BASE), safe=SAFE)}"
    if iri.startswith(names.SHAPE):
        return f"{path}.html#{fragment}"
    if address.startswith((names.QUERY, names.DATASET)):
        return path
    if fragment:  # it never reaches a server
        return f"/describe?{urlencode({'iri': iri})}"
    return f"{path}.html" if address == names.ONTOLOGY or address.startswith(_HAS_PAGE) else None


def _literal(value: str, language: str | None, datatype: str | None) -> TermView:
    if datatype == _XSD_DATE and (day := _as_written(value)):
        return TermView(day, "date", title=value)
    short = names.shorten(datatype) if datatype and datatype != _XSD_STRING else None
    return TermView(value, "literal", language=language, datatype=short)


def _as_written(value: str) -> str:
    """Write a day as people do; nothing for what is no day of our calendar."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return ""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
