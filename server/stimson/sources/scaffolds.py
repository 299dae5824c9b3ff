"""Scaffolds: a source, statement, stance, act or quotation, with a gap for what is not said."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from ..errors import InvalidParameter, StimsonError
from ..files import decode
from ..rdf import display, named
from ..rdf.turtle.edit import (
    Block,
    Edit,
    Link,
    block,
    date,
    extend,
    extend_or_start,
    read_turtle,
    start,
)
from . import phrases, templates
from .library import Library, Source, checked_slug, mint, read_bytes
from .quotations import Quote, position_block
from .templates import Dating, Given, fill, gap, of_class

Scaffold = tuple[ox.NamedNode, Edit]  # what was described, and the edit that writes it
_Names = tuple[tuple[str, str], ...]  # kinds, and endings behind the slug
_CODE = re.compile("[a-z]{2,3}")
_PASSAGE: _Names = (("passage", ""), ("selector", "-passage"))


@dataclass(frozen=True, slots=True)
class Extract:
    """A passage of a source: the words with which it begins and, if others, ends."""

    begins: str
    ends: str | None = None
    nth: int | None = None

    def find(self, source: Source) -> tuple[int, int]:
        """Say from where to where the passage runs."""
        first = phrases.find(source.text, self.begins, self.nth, as_printed=True)
        if self.ends is None:
            return first.start, first.end
        rest = phrases.find(source.text[first.start :], self.ends, 1, as_printed=True)
        return first.start, first.start + rest.end


def source(library: Library, slug: str, text: Path, given: Given, dating: Dating) -> Scaffold:
    """Describe the source whose text is the file `text`, in a file of its own."""
    content = read_bytes(text)
    if text.suffix != ".txt":
        raise InvalidParameter(f"{text} must end in .txt: quotations are compared with such files.")
    if not decode(text, content).strip():
        raise InvalidParameter(f"{text} holds no words; give the text of the source.")
    thing = library.free("source", checked_slug(slug))
    library.check_new_text(text)
    language = _language(given)
    label, *properties = fill(templates.SOURCE, given, language)
    described = block(
        thing,
        of_class("st:Source"),
        label,
        ("dcterms:identifier", [ox.Literal(text.stem)]),
        ("st:textSha256", [ox.Literal(hashlib.sha256(content).hexdigest())]),
        *properties,
        ("st:recordedOn", [date(datetime.now(UTC).date().isoformat())]),
        *dating.properties(language),
    )
    return thing, start(library.folder / "sources" / f"{slug}.ttl", [described])


def statement(
    library: Library,
    read_in: Source,
    extract: Extract,
    given: Given,
    dating: Dating,
    slug: str | None = None,
    to: Path | None = None,
) -> Scaffold:
    """Describe a statement and the passage in which it was read."""
    slug = _slug(library, "statement", slug, read_in.slug, _PASSAGE)
    thing, passage = mint("statement", slug), mint("passage", slug)
    described = block(
        thing,
        of_class("st:Statement"),
        *fill(templates.STATEMENT, given, read_in.language),
        ("st:readIn", [read_in.iri]),
        ("st:passage", [passage]),
        *dating.properties(read_in.language),
    )
    blocks = [*_passage(passage, slug, read_in, extract), described]
    edit = extend_or_start(library.target(to), blocks) if to else extend(read_in.document, blocks)
    return thing, edit


def stance(
    library: Library, to: Path, given: Given, dating: Dating, slug: str | None = None
) -> Scaffold:
    """Describe a stance."""
    thing = mint("stance", _slug(library, "stance", slug, checked_slug(to.stem)))
    properties = fill(templates.STANCE, given)
    described = block(thing, of_class("st:Stance"), *properties, *dating.properties("en"))
    return thing, extend_or_start(library.target(to), [described])


def act(
    library: Library, to: Path, given: Given, dating: Dating, slug: str | None = None
) -> Scaffold:
    """Describe an act and one stage of it, which bears the date."""
    kind = next(iter(given.get("stage", ())), "stage")
    ending = f"-{checked_slug(re.split('[:/]', kind)[-1])}"
    slug = _slug(library, "act", slug, checked_slug(to.stem), (("act", ending),))
    thing, step = mint("act", slug), mint("act", f"{slug}{ending}")
    described = block(thing, *fill(templates.ACT, {**given, "kind": given.get("kind") or ["Act"]}))
    label, *properties = fill(templates.STAGE, given)
    stage = block(
        step,
        of_class("st:ActStage"),
        label,
        ("st:stageOf", [thing]),
        *properties,
        *dating.properties("en"),
    )
    return thing, extend_or_start(library.target(to), [described, stage])


def _passage(
    passage: ox.NamedNode, slug: str, source: Source, extract: Extract
) -> tuple[Block, Block]:
    selector = mint("selector", f"{slug}-passage")
    described = block(
        passage,
        of_class("st:Passage"),
        ("oa:hasSource", [source.iri]),
        ("oa:hasSelector", [selector]),
    )
    return described, position_block(selector, *extract.find(source))


def _slug(library: Library, kind: str, slug: str | None, stem: str, further: _Names = ()) -> str:
    """Take the slug that was given if it is free, else the next number after `stem`."""
    if slug is None:
        return library.next_free(kind, stem, further)
    checked_slug(slug)
    for each, ending in ((kind, ""), *further):
        library.free(each, f"{slug}{ending}")
    return slug


def _language(given: Given) -> str:
    """Give the language of a source that is being described; English where it is a gap."""
    code = next(iter(given.get("language", ())), "en")
    if not _CODE.fullmatch(code):
        raise InvalidParameter(f"{code!r} is no language; write a code such as en or uk.")
    return code


def add_quotation(
    library: Library,
    source: Source,
    phrase: str,
    *,
    nth: int | None = None,
    as_printed: bool = False,
    kind: ox.NamedNode | None = None,
    statement: ox.NamedNode | None = None,
    to: Path | None = None,
) -> Scaffold:
    """Prepare the edit that quotes `phrase` from `source`; with `statement`, that quotes it."""
    quote = phrases.find(source.text, phrase, nth, as_printed)
    _refuse_twice(library, source, quote)
    ends = (("selector", "-quote"), ("selector", "-position"))
    slug = library.next_free("quotation", source.slug, ends)
    quotation = mint("quotation", slug)
    blocks = quotation_blocks(slug, source.iri, quote, kind or gap("how much is quoted"))
    link = statement and Link(statement, "st:quotes", quotation, after="st:passage")
    document = source.document if to is None else read_turtle(library.target(to))
    return quotation, extend(document, blocks, link)


def quotation_blocks(
    slug: str, source: ox.NamedNode, quote: Quote, kind: ox.NamedNode
) -> tuple[Block, ...]:
    """Describe a quotation and both its selectors."""
    words, position = (
        mint("selector", f"{slug}-quote"),
        mint("selector", f"{slug}-position"),
    )
    return (
        block(
            mint("quotation", slug),
            ("rdf:type", [named("st:Quotation")]),
            ("st:quotationKind", [kind]),
            ("st:passageSha256", [ox.Literal(quote.seal)]),
            ("oa:hasSource", [source]),
            ("oa:hasSelector", [words, position]),
        ),
        block(
            words,
            ("rdf:type", [named("oa:TextQuoteSelector")]),
            ("oa:exact", [ox.Literal(quote.exact)]),
            ("oa:prefix", [ox.Literal(quote.prefix)] if quote.prefix else []),
            ("oa:suffix", [ox.Literal(quote.suffix)] if quote.suffix else []),
        ),
        position_block(position, quote.start, quote.end),
    )


def _refuse_twice(library: Library, source: Source, quote: Quote) -> None:
    """Raise `StimsonError` if the words at this place are quoted already."""
    index = library.index
    place = {named("oa:start"): ox.Literal(quote.start), named("oa:end"): ox.Literal(quote.end)}
    for quotation in index.subjects(named("rdf:type"), named("st:Quotation")):
        if source.iri not in index.objects(quotation, named("oa:hasSource")):
            continue
        for selector in index.objects(quotation, named("oa:hasSelector")):
            if all(index.value(selector, name) == value for name, value in place.items()):
                raise StimsonError(
                    f"{display(quotation)} quotes these words already; point to it with st:quotes."
                )
