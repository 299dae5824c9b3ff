"""Check every passage and quotation, with the source texts or without them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from .. import names
from ..dataset import Dataset, read_text
from ..errors import NothingToRead
from ..findings import Finding
from ..locate import Places, shown
from . import seal
from .passages import OA, ST, Passage, read_passages

NOT_COMPARED = "The texts of the sources were not compared (no --sources)."


def check_quotations(
    dataset: Dataset, places: Places, sources: Path | None = None
) -> list[Finding]:
    """Check all passages; with the folder `sources`, also against the archived texts."""
    graph = dataset.union("data")
    checker = _Checker(graph, places)
    found = [finding for passage in checker.passages for finding in checker.alone(passage)]
    found += checker.together()
    if sources is not None:
        if not any(sources.glob("*.txt")):
            raise NothingToRead(f"{sources}: no source text (*.txt) found; name their folder.")
        found += checker.against(sources)
    return found


class _Checker:
    """The checks over one graph."""

    def __init__(self, graph: Graph, places: Places) -> None:
        self._graph, self._places = graph, places
        self.passages = read_passages(graph)

    def alone(self, passage: Passage) -> Iterator[Finding]:
        """Check one passage by what it says of itself."""
        yield from self._incomplete(passage)
        start, end = passage.start, passage.end
        if start is not None and end is not None and not 0 <= start < end:
            message = f"A passage ends after it starts; this one runs from {start} to {end}."
            yield self._finding("passage-position", message, passage.position, OA.end)
        if passage.exact is None:
            return
        if passage.exact == "":
            message = "A quotation has words; copy them from the source."
            yield self._finding("quotation-empty", message, passage.words, OA.exact)
        length = len(passage.exact)
        if start is not None and end is not None and end - start != length:
            message = (
                f"The words have {length} characters, but {start} to {end} is {end - start}; "
                "correct whichever differs from the source."
            )
            yield self._finding("quotation-length", message, passage.words, OA.exact)
        given = seal(passage.prefix, passage.exact, passage.suffix)
        if passage.sha256 is not None and passage.sha256 != given:
            message = (
                "Prefix, words and suffix do not match st:passageSha256: a letter was changed. "
                "Restore it from the source, or run `stimson quote find` anew."
            )
            yield self._finding("quotation-seal", message, passage.words, OA.exact)

    def together(self) -> Iterator[Finding]:
        """Check that passages of one source agree on every character they share."""
        seen: dict[tuple[Node, int], tuple[str, Passage]] = {}
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
                        f"{shown(other.node)}; correct the wrong position."
                    )
                    yield self._finding("quotation-overlap", message, passage.position, OA.start)
                    break

    def against(self, sources: Path) -> Iterator[Finding]:
        """Check sources and passages against the texts in the folder `sources`."""
        described = set(self._graph.subjects(ST.textSha256))
        used = {passage.source for passage in self.passages if passage.source is not None}
        texts: dict[Node, str] = {}
        for source in sorted(described | used, key=str):
            text = self._text(sources, source)
            if isinstance(text, Finding):
                yield text
            else:
                texts[source] = text
        for passage in self.passages:
            if passage.source in texts:
                yield from self._compare(passage, texts[passage.source])

    def _text(self, sources: Path, source: Node) -> str | Finding:
        """Read the archived text of a source, or find what is wrong with it."""
        identifier = self._graph.value(source, DCTERMS.identifier)
        path = sources / f"{identifier}.txt"
        if identifier is None or not path.is_file():
            message = f"No archived text {path.name if identifier else ''} to compare with"
            message = f"{message.rstrip()}; add it to {sources} or correct dcterms:identifier."
            return self._finding("source-missing", message, source, DCTERMS.identifier)
        given = hashlib.sha256(path.read_bytes()).hexdigest()
        if (stated := self._graph.value(source, ST.textSha256)) is None or str(stated) != given:
            message = f"st:textSha256 is not the hash of {path.name}, which is {given}."
            return self._finding("source-hash", message, source, ST.textSha256)
        return read_text(path)

    def _compare(self, passage: Passage, text: str) -> Iterator[Finding]:
        """Check a passage against the text of its source."""
        start, end = passage.start, passage.end
        if start is None or end is None or not 0 <= start < end:
            return  # `alone` has said so.
        if end > len(text):
            message = f"The passage ends at {end}, but the source has {len(text)} characters."
            yield self._finding("passage-position", message, passage.position, OA.end)
            return
        if passage.exact is None:
            return
        before, after = text[max(0, start - len(passage.prefix)) : start], text[end:]
        for path, given, found in (
            (OA.exact, passage.exact, text[start:end]),
            (OA.prefix, passage.prefix, before),
            (OA.suffix, passage.suffix, after[: len(passage.suffix)]),
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

    def _finding(self, rule: str, message: str, focus: Node | None, path: URIRef | None) -> Finding:
        assert focus is not None  # whoever has a value of a node has the node
        value = None if path is None else self._graph.value(focus, path)
        return self._places.finding(f"{names.RULE}{rule}", "violation", message, focus, path, value)
