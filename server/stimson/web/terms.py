"""RDF terms as the templates show them: text, never markup, and links only to http(s)."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from .. import names

_XSD_STRING = f"{names.PREFIXES['xsd']}string"
_IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{}|^`\\]*""")
SAFE = "/:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Look:
    """How a term looks: `link` is None where there is nowhere to go."""

    text: str
    kind: str  # uri, literal, bnode
    link: str | None = None
    is_local: bool = False
    language: str | None = None
    datatype: str | None = None
    title: str | None = None


def is_iri(text: str) -> bool:
    """Tell whether `text` can stand between angle brackets in a query."""
    return _IRI.fullmatch(text) is not None


def look_at(term: dict[str, Any]) -> Look:
    """Show a term of a SPARQL JSON result."""
    if term["type"] == "uri":
        return look_at_iri(term["value"])
    if term["type"] == "bnode":
        return Look(f"_:{term['value']}", "bnode")
    if term["type"] != "literal":  # a triple term
        return Look(str(term["value"]), "literal")
    datatype = term.get("datatype")
    short = names.shorten(datatype) if datatype and datatype != _XSD_STRING else None
    return Look(term["value"], "literal", language=term.get("xml:lang"), datatype=short)


def look_at_iri(iri: str, label: str | None = None) -> Look:
    """Show an IRI by its label, else as short as its prefix makes it."""
    short = names.shorten(iri).removeprefix("<").removesuffix(">")
    local = local_path(iri)
    link = local or (iri if _leads_out(iri) else None)
    return Look(label or short, "uri", link, local is not None, title=iri)


def local_path(iri: str) -> str | None:
    """Find the page of this site that describes `iri`, if it is one of ours."""
    if not names.is_ours(iri):
        return None
    if iri.startswith(names.ST):  # a fragment never reaches a server
        return f"/describe?{urlencode({'iri': iri})}"
    return f"/{quote(iri.removeprefix(names.BASE), safe=SAFE)}"


def _leads_out(iri: str) -> bool:
    return iri.startswith(("http://", "https://")) and not iri.startswith(names.BASE)
