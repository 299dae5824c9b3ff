"""Add a quotation to the file of its source: the words, where they stand, and the seal."""

from pathlib import Path

import pyoxigraph as ox

from ..errors import StimsonError
from ..rdf import display, named
from ..rdf.turtle.blocks import Block, block
from ..rdf.turtle.edit import Edit, Link, extend, read_turtle
from . import phrases
from .library import Library, Source, mint
from .quotations import Quote
from .templates import gap


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
) -> tuple[ox.NamedNode, Edit]:
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


def position_block(selector: ox.NamedNode, start: int, end: int) -> Block:
    """Describe where a passage begins and ends."""
    return block(
        selector,
        ("rdf:type", [named("oa:TextPositionSelector")]),
        ("oa:start", [ox.Literal(start)]),
        ("oa:end", [ox.Literal(end)]),
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
