"""Faults of quotations and claims, planted into the first source; its text is never wrong."""

from collections.abc import Iterator
from dataclasses import replace

from .article import Article, Quote, Span
from .expected import KNOWN, Finding, rule, shape
from .passages import write_passage, write_position
from .sources import name_of
from .turtle import File, Pair, date, label, string, text

_SOURCE = f"source:{name_of(0)}"
_FILLER = "A plain sentence stands here, so that no two of the words that are quoted touch.\n"
_QUOTED = ("the letter", "the length", "the overlap", "the other half")


def sentences(article: Article) -> list[Span]:
    """Add to a text the sentences that faulty quotations are taken from."""
    return [_sentence(article, words) for words in _QUOTED]


def source_faults(file: File) -> Iterator[Finding]:
    """Faults of what is said in a source, and of how it is described."""
    claim: list[Pair] = [
        ("st:claimedIn", f"statement:{name_of(0)}-01"),
        ("st:polarity", "stv:affirmed"),
        ("st:verification", "stv:unverified"),
    ]
    focus = "claim:faulty-node-kind"
    about = ("st:about", [text("words"), "state:state-001"])
    file.add(focus, "st:AssessmentClaim", label("about words"), *claim, about)
    yield shape(file, focus, "Claim-about", "nodeKind")
    focus = "claim:faulty-reference"
    file.add(
        focus, "st:AssessmentClaim", label("about nobody"), *claim, ("st:about", "person:nobody")
    )
    yield rule(file, focus, "undefined-reference")
    focus = "mention:faulty-min-length"
    file.add(
        focus,
        "st:Mention",
        ("st:mentionOf", "state:state-001"),
        ("st:mentionedIn", _SOURCE),
        ("st:nameAsPrinted", string("")),
    )
    yield shape(file, focus, "Mention-nameAsPrinted", "minLength")
    yield from _elsewhere(file)
    yield from _wrong_source(file)


def _wrong_source(file: File) -> Iterator[Finding]:
    """A source whose text differs, and passages that are in no place or no source."""
    lost, empty, homeless = "source:faulty-hash", "faulty-less-than", "faulty-passage"
    file.add(
        lost,
        "st:Source",
        label("a text that was changed"),
        ("dcterms:identifier", string(name_of(0))),
        ("st:textSha256", string("0" * 64)),
        ("dcterms:title", text("changed")),
        ("dcterms:publisher", "organization:outlet-001"),
        ("dcterms:language", string("en")),
        ("st:recordedOn", date("2024-01-01")),
    )
    yield replace(rule(file, lost, "source-hash"), needs_texts=True)
    write_passage(file, empty, _SOURCE, Span(5, 5))
    yield shape(file, f"selector:{empty}-passage", "TextPositionSelector-start", "lessThan")
    yield rule(file, f"selector:{empty}-passage", "passage-position")
    selector = f"selector:{homeless}-position"
    file.add(f"passage:{homeless}", "st:Passage", ("oa:hasSelector", selector))
    write_position(file, selector, 0, 5)
    yield shape(file, f"passage:{homeless}", "Passage-hasSource", "minCount")
    yield rule(file, f"passage:{homeless}", "passage-incomplete")


def _sentence(article: Article, words: str) -> Span:
    article.write(f"\n{_FILLER}Only ")
    span = article.write(words)
    article.write(f" is quoted.\n{_FILLER}")
    return span


def quotation_faults(article: Article, spans: list[Span], file: File) -> Iterator[Finding]:
    """Words that were altered after they were sealed, or sealed after they were altered."""
    letter, length, overlap, half = (article.quote(span) for span in spans)
    name = "faulty-seal"
    _altered(file, name, letter, letter.exact.replace("letter", "litter"), letter.seal)
    yield rule(file, f"selector:{name}-quote", "quotation-seal")
    yield _text(file, name)
    name = "faulty-length"
    _altered(file, name, length, length.exact + "s")
    yield rule(file, f"selector:{name}-quote", "quotation-length")
    yield shape(file, f"quotation:{name}", "Quotation", "sparql", "SPARQL")
    yield _text(file, name)
    name = "faulty-overlap"
    _altered(file, f"{name}-1", overlap, overlap.exact)
    _altered(file, f"{name}-2", overlap, overlap.exact.upper())
    yield rule(file, f"selector:{name}-2-position", "quotation-overlap")
    yield _text(file, f"{name}-2")
    name = "faulty-text"
    _altered(file, name, half, half.exact.replace("half", "part"))
    yield _text(file, name)


def _altered(file: File, name: str, quote: Quote, exact: str, seal: str = "") -> None:
    """Write a quotation whose words are `exact`, at the place of `quote`."""
    false = replace(quote, exact=exact)
    words, position = f"selector:{name}-quote", f"selector:{name}-position"
    file.add(
        f"quotation:{name}",
        "st:Quotation",
        ("oa:hasSource", _SOURCE),
        ("oa:hasSelector", [words, position]),
        ("st:quotationKind", "stv:fragment"),
        ("st:passageSha256", string(seal or false.seal)),
    )
    parts: list[Pair] = [
        ("oa:exact", string(exact)),
        ("oa:prefix", string(quote.prefix)),
        ("oa:suffix", string(quote.suffix)),
    ]
    file.add(words, "oa:TextQuoteSelector", *parts)
    write_position(file, position, quote.start, quote.end)


def _text(file: File, name: str) -> Finding:
    """Expect the comparison with the text to find altered words."""
    found = rule(file, f"selector:{name}-quote", "quotation-text")
    return replace(found, needs_texts=True)


def _elsewhere(file: File) -> Iterator[Finding]:
    """A statement that restates one of its own source, and one of another."""
    focus, place = "statement:faulty-equals", f"{name_of(0)}-01"
    file.add(
        focus,
        "st:Statement",
        label("restates what stands elsewhere"),
        ("st:speaker", "organization:outlet-001"),
        ("st:manner", "stv:narrated"),
        ("st:medium", "stv:article"),
        ("st:speechAct", "stv:report"),
        ("st:gist", text("It says again what was said.")),
        ("st:readIn", _SOURCE),
        ("st:passage", f"passage:{place}"),
        ("st:restates", [f"statement:{place}", f"statement:{name_of(1)}-01"]),
        *KNOWN,
    )
    yield shape(file, focus, "Restatement-source", "equals")
