"""Check every passage and quotation, with the source texts or without them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from .. import names
from ..errors import NothingToRead
from ..files import read_bytes, read_text
from ..findings import Finding
from ..project import Project
from ..rdf import Dataset, Index, Term, display, named
from ..rdf.turtle.source_map import SourceMap
from .quotations import END, EXACT, PREFIX, START, SUFFIX, Passage, read_passages, seal

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
