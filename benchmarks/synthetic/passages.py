"""Passages and quotations with their selectors."""

from .article import Quote, Span
from .turtle import File, string


def write_passage(file: File, name: str, source: str, span: Span) -> None:
    """Write where in a text a statement was read."""
    selector = f"selector:{name}-passage"
    pairs = [("oa:hasSource", source), ("oa:hasSelector", selector)]
    file.add(f"passage:{name}", "st:Passage", *pairs)
    write_position(file, selector, span.start, span.end)


def write_quotation(file: File, name: str, source: str, quote: Quote, kind: str) -> None:
    """Write quoted words with both their selectors and their seal."""
    words, position = f"selector:{name}-quote", f"selector:{name}-position"
    file.add(
        f"quotation:{name}",
        "st:Quotation",
        ("oa:hasSource", source),
        ("oa:hasSelector", [words, position]),
        ("st:quotationKind", f"stv:{kind}"),
        ("st:passageSha256", string(quote.seal)),
    )
    file.add(
        words,
        "oa:TextQuoteSelector",
        ("oa:exact", string(quote.exact)),
        ("oa:prefix", string(quote.prefix)),
        ("oa:suffix", string(quote.suffix)),
    )
    write_position(file, position, quote.start, quote.end)


def write_position(file: File, name: str, start: int, end: int) -> None:
    """Write where a stretch of text begins and ends."""
    pairs = [("oa:start", str(start)), ("oa:end", str(end))]
    file.add(name, "oa:TextPositionSelector", *pairs)
