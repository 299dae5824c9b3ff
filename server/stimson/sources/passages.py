"""Passages and quotations, read out of a graph."""

import re
from dataclasses import dataclass

import pyoxigraph as ox

from .. import names
from ..rdf import Index, Term, named

_TYPE = named("rdf:type")
_PASSAGE, _QUOTATION = named("st:Passage"), named("st:Quotation")
_HAS_SOURCE, _HAS_SELECTOR = named("oa:hasSource"), named("oa:hasSelector")
_WORDS, _POSITION = named("oa:TextQuoteSelector"), named("oa:TextPositionSelector")
EXACT, PREFIX, SUFFIX = named("oa:exact"), named("oa:prefix"), named("oa:suffix")
START, END = named("oa:start"), named("oa:end")
_SEAL = named("st:passageSha256")
_INTEGER = re.compile("[+-]?[0-9]{1,18}")
_STRINGS = {f"{names.PREFIXES['xsd']}string", f"{names.PREFIXES['rdf']}langString"}


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as the graph describes it; None for what it does not say."""

    node: Term
    quoted: bool
    source: Term | None
    words: Term | None
    position: Term | None
    start: int | None
    end: int | None
    exact: str | None
    prefix: str
    suffix: str
    sha256: str | None


def read_passages(index: Index) -> list[Passage]:
    """Read every passage and quotation, in order of IRI."""
    quotations = set(index.subjects(_TYPE, _QUOTATION))
    plain = set(index.subjects(_TYPE, _PASSAGE))
    return [_read(index, node, node in quotations) for node in sorted(quotations | plain, key=str)]


def _read(index: Index, node: Term, quoted: bool) -> Passage:
    words = _selector(index, node, _WORDS)
    position = _selector(index, node, _POSITION)
    return Passage(
        node=node,
        quoted=quoted,
        source=index.value(node, _HAS_SOURCE),
        words=words,
        position=position,
        start=_number(index, position, START),
        end=_number(index, position, END),
        exact=_string(index, words, EXACT),
        prefix=_string(index, words, PREFIX) or "",
        suffix=_string(index, words, SUFFIX) or "",
        sha256=_string(index, node, _SEAL),
    )


def _selector(index: Index, node: Term, kind: ox.NamedNode) -> Term | None:
    selectors = index.objects(node, _HAS_SELECTOR)
    return min((s for s in selectors if (s, _TYPE, kind) in index), default=None, key=str)


def _string(index: Index, node: Term | None, path: ox.NamedNode) -> str | None:
    value = None if node is None else index.value(node, path)
    return value.value if isinstance(value, ox.Literal) else None


def _number(index: Index, node: Term | None, path: ox.NamedNode) -> int | None:
    """Read a whole number; one that is written as a string is none."""
    value = None if node is None else index.value(node, path)
    if not isinstance(value, ox.Literal) or value.datatype.value in _STRINGS:
        return None
    return int(value.value) if _INTEGER.fullmatch(value.value) else None
