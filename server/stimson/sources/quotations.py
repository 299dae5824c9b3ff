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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from .. import names
from ..errors import NothingToRead
from ..files import read_bytes, read_text
from ..findings import Finding
from ..project import Project
from ..rdf import Dataset, Index, Term, display, named
from ..rdf.turtle.edit import Block, BlockWriter, block
from ..rdf.turtle.source_map import SourceMap
from .library import mint

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


def quote_at(text: str, start: int, end: int) -> Quote:
    """Quote the words from `start` to `end`."""
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Quote(text[start:end], before, after, start)


def find_quotes(text: str, phrase: str) -> list[Quote]:
    """Find every place at which `phrase` stands in `text`, letter by letter."""
    quotes, start = [], text.find(phrase)
    while phrase and start >= 0:
        quotes.append(quote_at(text, start, start + len(phrase)))
        start = text.find(phrase, start + 1)
    return quotes


def written(quote: Quote, identifier: str) -> str:
    """Write a quotation from the source called `identifier`, to be pasted into its file."""
    slug = urllib.parse.quote(f"{identifier}-{quote.start}", safe="")
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
        position_block(position, quote.start, quote.end),
    )
    return "\n".join(map(BlockWriter(names.PREFIXES).block, blocks))


def position_block(selector: ox.NamedNode, start: int, end: int) -> Block:
    """Describe where a passage begins and ends."""
    return block(
        selector,
        ("rdf:type", [_POSITION]),
        ("oa:start", [ox.Literal(start)]),
        ("oa:end", [ox.Literal(end)]),
    )


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


NOT_COMPARED = "The texts of the sources were not compared (no --sources)."


_IDENTIFIER, _HASH = named("dcterms:identifier"), named("st:textSha256")


class QuotationContext(Protocol):
    """What the check needs of all that a check is given."""

    @property
    def project(self) -> Project:
        """The project; its `sources` are the archived texts, if it has any."""

    @property
    def dataset(self) -> Dataset:
        """What was read."""

    @property
    def places(self) -> SourceMap:
        """Makes the findings."""


def check_quotations(context: QuotationContext) -> Iterator[Finding]:
    """Check all passages; where the project has texts of its sources, also against these."""
    sources = context.project.sources
    if sources is not None and not any(sources.glob("*.txt")):
        raise NothingToRead(f"{sources}: no source text (*.txt) found; name their folder.")
    checker = _Checker(context.dataset.index("ontology", "data"), context.places)
    for passage in checker.passages:
        yield from checker.alone(passage)
    yield from checker.together()
    if sources is not None:
        yield from checker.against(sources)


class _Checker:
    """The checks over the data; other checks look into the same index."""

    def __init__(self, index: Index, places: SourceMap) -> None:
        self._index, self._places = index, places
        self.passages = read_passages(index)

    def alone(self, passage: Passage) -> Iterator[Finding]:
        """Check one passage by what it says of itself."""
        yield from self._incomplete(passage)
        start, end = passage.start, passage.end
        if start is not None and end is not None and not 0 <= start < end:
            message = f"A passage ends after it starts; this one runs from {start} to {end}."
            yield self._finding("passage-position", message, passage.position, END)
        if passage.exact is None:
            return
        if passage.exact == "":
            message = "A quotation has words; copy them from the source."
            yield self._finding("quotation-empty", message, passage.words, EXACT)
        length = len(passage.exact)
        if start is not None and end is not None and end - start != length:
            message = (
                f"The words have {length} characters, but {start} to {end} is {end - start}; "
                "correct whichever differs from the source."
            )
            yield self._finding("quotation-length", message, passage.words, EXACT)
        given = seal(passage.prefix, passage.exact, passage.suffix)
        if passage.sha256 is not None and passage.sha256 != given:
            message = (
                "Prefix, words and suffix do not match st:passageSha256: a letter was changed. "
                "Restore it from the source, or run `stimson quote find` anew."
            )
            yield self._finding("quotation-seal", message, passage.words, EXACT)

    def together(self) -> Iterator[Finding]:
        """Check that passages of one source agree on every character they share."""
        seen: dict[tuple[Term, int], tuple[str, Passage]] = {}
        for passage in self.passages:
            if passage.source is None or passage.start is None or passage.exact is None:
                continue
            text = passage.prefix + passage.exact + passage.suffix
            first = passage.start - len(passage.prefix)
            for at, letter in enumerate(text, first):
                known, other = seen.setdefault((passage.source, at), (letter, passage))
                if known != letter:
                    message = (
                        f"Character {at} of the source is {letter!r} here but {known!r} in "
                        f"{display(other.node)}; correct the wrong position."
                    )
                    yield self._finding("quotation-overlap", message, passage.position, START)
                    break

    def against(self, sources: Path) -> Iterator[Finding]:
        """Check sources and passages against the texts in the folder `sources`."""
        described = set(self._index.subjects_with(_HASH))
        used = {passage.source for passage in self.passages if passage.source is not None}
        texts: dict[Term, str] = {}
        for source in sorted(described | used, key=str):
            text = self._text(sources, source)
            if isinstance(text, Finding):
                yield text
            else:
                texts[source] = text
        for passage in self.passages:
            if passage.source in texts:
                yield from self._compare(passage, texts[passage.source])

    def _text(self, sources: Path, source: Term) -> str | Finding:
        """Read the archived text of a source, or find what is wrong with it."""
        identifier = self._index.value(source, _IDENTIFIER)
        name = f"{identifier.value}.txt" if isinstance(identifier, ox.Literal) else None
        path = sources / (name or "")
        if name is None or not path.is_file():
            message = f"No archived text {name or ''}".rstrip() + " to compare with"
            message = f"{message}; add it to {sources} or correct dcterms:identifier."
            return self._finding("source-missing", message, source, _IDENTIFIER)
        given = hashlib.sha256(read_bytes(path)).hexdigest()
        stated = self._index.value(source, _HASH)
        if not isinstance(stated, ox.Literal) or stated.value != given:
            message = f"st:textSha256 is not the hash of {path.name}, which is {given}."
            return self._finding("source-hash", message, source, _HASH)
        return read_text(path)

    def _compare(self, passage: Passage, text: str) -> Iterator[Finding]:
        """Check a passage against the text of its source."""
        start, end = passage.start, passage.end
        if start is None or end is None or not 0 <= start < end:
            return  # `alone` has said so.
        if end > len(text):
            message = f"The passage ends at {end}, but the source has {len(text)} characters."
            yield self._finding("passage-position", message, passage.position, END)
            return
        if passage.exact is None:
            return
        before, after = text[max(0, start - len(passage.prefix)) : start], text[end:]
        for path, given, found in (
            (EXACT, passage.exact, text[start:end]),
            (PREFIX, passage.prefix, before),
            (SUFFIX, passage.suffix, after[: len(passage.suffix)]),
        ):
            if given != found:
                message = f"The source reads {found!r} here; copy it, or correct the position."
                yield self._finding("quotation-text", message, passage.words, path)

    def _incomplete(self, passage: Passage) -> Iterator[Finding]:
        """Find what a passage must say before it can be checked at all."""
        needed: dict[str, object] = {
            "oa:hasSource": passage.source,
            "oa:start (a whole number)": passage.start,
            "oa:end (a whole number)": passage.end,
        }
        if passage.quoted:
            needed |= {"oa:exact": passage.exact, "st:passageSha256": passage.sha256}
        if missing := [name for name, value in needed.items() if value is None]:
            message = f"This passage cannot be checked: it lacks {', '.join(missing)}."
            yield self._finding("passage-incomplete", message, passage.node, None)

    def _finding(
        self, rule: str, message: str, focus: Term | None, path: ox.NamedNode | None
    ) -> Finding:
        assert focus is not None  # whoever has a value of a node has the node
        value = None if path is None else self._index.value(focus, path)
        return self._places.finding(f"{names.RULE}{rule}", "violation", message, focus, path, value)
