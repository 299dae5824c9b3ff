"""Quotations: exact words of a source, and the proof that they are exact.

A passage is a stretch of a source's text, counted in Unicode code points from 0, its end
excluded. A quotation is a passage with its words, up to 32 characters on either side
(https://www.w3.org/TR/annotation-model/#text-quote-selector), and a seal: the SHA-256
of prefix, words and suffix in one. The seal finds a letter changed later in any clone
of the project, without the text of the source, which is never stored in it.
"""

import hashlib
import re
import urllib.parse
from dataclasses import dataclass

import pyoxigraph as ox

from .. import names
from ..rdf import Index, Term, named
from ..rdf.turtle.blocks import BlockWriter, block

CONTEXT = 32  # characters kept before and after the words
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
class Quote:
    """Words with what stands around them, and where they begin."""

    exact: str
    prefix: str
    suffix: str
    start: int

    @property
    def end(self) -> int:
        """The position behind the last character."""
        return self.start + len(self.exact)

    @property
    def seal(self) -> str:
        """The hash that `st:passageSha256` must hold."""
        return seal(self.prefix, self.exact, self.suffix)


def seal(prefix: str, exact: str, suffix: str) -> str:
    """Hash a passage with its surroundings."""
    return hashlib.sha256((prefix + exact + suffix).encode("utf-8")).hexdigest()


def find_quotes(text: str, phrase: str) -> list[Quote]:
    """Find every place at which `phrase` stands in `text`, letter by letter."""
    quotes, start = [], text.find(phrase)
    while phrase and start >= 0:
        end = start + len(phrase)
        before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
        quotes.append(Quote(phrase, before, after, start))
        start = text.find(phrase, start + 1)
    return quotes


def written(quote: Quote, identifier: str) -> str:
    """Write a quotation from the source called `identifier`, to be pasted into its file."""
    slug = urllib.parse.quote(f"{identifier}-{quote.start}", safe="")

    def mint(kind: str, local: str) -> ox.NamedNode:
        return ox.NamedNode(f"{names.ID}{kind}/{local}")

    words, position = mint("selector", f"{slug}-words"), mint("selector", f"{slug}-position")
    blocks = (
        block(
            mint("quotation", slug),
            ("rdf:type", [named("st:Quotation")]),
            ("oa:hasSource", [mint("source", urllib.parse.quote(identifier, safe=""))]),
            ("oa:hasSelector", [words, position]),
            ("st:passageSha256", [ox.Literal(quote.seal)]),
        ),
        block(
            words,
            ("rdf:type", [_WORDS]),
            ("oa:prefix", [ox.Literal(quote.prefix)]),
            ("oa:exact", [ox.Literal(quote.exact)]),
            ("oa:suffix", [ox.Literal(quote.suffix)]),
        ),
        block(
            position,
            ("rdf:type", [_POSITION]),
            ("oa:start", [ox.Literal(quote.start)]),
            ("oa:end", [ox.Literal(quote.end)]),
        ),
    )
    return "\n".join(map(BlockWriter(names.PREFIXES).block, blocks))


def prefixes() -> str:
    """Write the prefix lines that `written` relies on."""
    used = ("oa", "quotation", "selector", "source", "st")
    return "".join(f"@prefix {prefix}: <{names.PREFIXES[prefix]}> .\n" for prefix in used)


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
