"""Scaffolds: what is described by hand, with a gap for what is not said."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import ascii_lowercase

import pyoxigraph as ox

from ..errors import InvalidParameter, StimsonError
from ..files import decode
from ..rdf import Index, Term, display, named
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
from .library import Library, Source, checked_slug, mint, read_bytes, term
from .quotations import Quote, position_block
from .templates import Dating, Given, fill, gap, of_class

Scaffold = tuple[ox.NamedNode, Edit]  # what was described, and the edit that writes it
_Names = tuple[tuple[str, str], ...]  # kinds, and endings behind the slug
_TAG = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47
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
    """Describe a stance and one step of it, which bears the evidence and the date."""
    ending = _ending(given, "step")
    slug = _slug(library, "stance", slug, checked_slug(to.stem), (("step", ending),))
    thing = mint("stance", slug)
    described = block(thing, of_class("st:Stance"), *fill(templates.STANCE, given))
    taken = _step(mint("step", f"{slug}{ending}"), thing, given, dating)
    return thing, extend_or_start(library.target(to), [described, taken])


def step(
    library: Library,
    to: Path,
    of: ox.NamedNode,
    given: Given,
    dating: Dating,
    slug: str | None = None,
) -> Scaffold:
    """Describe one step more of a stance that is there."""
    stem = of.value.rpartition("/")[2]
    thing = mint("step", _slug(library, "step", slug, f"{stem}{_ending(given, 'step')}"))
    return thing, extend_or_start(library.target(to), [_step(thing, of, given, dating)])


def _step(thing: ox.NamedNode, of: ox.NamedNode, given: Given, dating: Dating) -> Block:
    label, *properties = fill(templates.STEP, given)
    return block(
        thing,
        of_class("st:StanceStep"),
        label,
        ("st:stepOf", [of]),
        *properties,
        *dating.properties("en"),
    )


def _ending(given: Given, option: str) -> str:
    """End the name of a stage or a step by its kind."""
    kind = next(iter(given.get(option, ())), option)
    return f"-{checked_slug(re.split('[:/]', kind)[-1])}"


def claim(
    library: Library,
    kind: str,
    given: Given,
    dating: Dating,
    slug: str | None = None,
    to: Path | None = None,
) -> Scaffold:
    """Describe a claim of a kind, in the file of the statement that puts it forward."""
    class_, own = templates.CLAIMS[kind]
    stated = next((each for each in given.get("statement", ()) if each.strip()), None)
    said_in = None if stated is None else term(stated, "statement")
    home = None if said_in is None else library.describing(said_in)
    language = "en" if said_in is None else library.language_of(said_in)
    target = library.target(to) if to else None if home is None else home.path
    if target is None:
        raise InvalidParameter("Name the statement by --statement, or the file by --to.")
    stem = said_in.value.rpartition("/")[2] if said_in else checked_slug(target.stem)
    slug = _slug_of_claim(library, stem) if slug is None else _slug(library, "claim", slug, stem)
    thing = mint("claim", slug)
    given = given if said_in is None else {**given, "statement": [said_in.value]}
    described = block(
        thing,
        of_class(class_),
        *fill((*templates.CLAIM, *own), given, language),
        *dating.properties(language),
    )
    return thing, extend_or_start(target, [described])


def _slug_of_claim(library: Library, stem: str) -> str:
    """Letter the claims of a statement: those that the sources hold go from a to z."""
    free = (
        f"{stem}{letter}"
        for letter in ascii_lowercase
        if not library.index.is_subject(mint("claim", f"{stem}{letter}"))
    )
    return next(free, None) or library.next_free("claim", stem)


def thing(
    library: Library,
    kind: str,
    to: Path,
    given: Given,
    dating: Dating,
    slug: str | None = None,
) -> Scaffold:
    """Describe a thing that needs no source in hand, by the template of its kind."""
    template = templates.THINGS[kind]
    class_ = next(iter(given.get("kind", ())), "") if template.is_classed else ""
    space = template.spaces.get(re.split("[:#/]", class_)[-1], template.space)
    described = mint(space, _slug(library, space, slug, checked_slug(to.stem)))
    head = [of_class(template.type)] if template.type and not class_ else []
    properties = (*head, *fill(template.fields, given), *dating.properties("en"))
    written = block(described, *properties)
    return described, extend_or_start(library.target(to), [written])


def act(
    library: Library, to: Path, given: Given, dating: Dating, slug: str | None = None
) -> Scaffold:
    """Describe an act and one stage of it, which bears the date."""
    ending = _ending(given, "stage")
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
    if not _TAG.fullmatch(code):
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
    """Raise `StimsonError` if words at this place are quoted already, all of them or some."""
    index = library.index
    for quotation in index.subjects(named("rdf:type"), named("st:Quotation")):
        if source.iri not in index.objects(quotation, named("oa:hasSource")):
            continue
        for selector in index.objects(quotation, named("oa:hasSelector")):
            start, end = (_place(index, selector, name) for name in ("oa:start", "oa:end"))
            if start is None or end is None:
                continue
            if (start, end) == (quote.start, quote.end):
                raise StimsonError(
                    f"{display(quotation)} quotes these words already; point to it with st:quotes."
                )
            if start < quote.end and quote.start < end:
                raise StimsonError(
                    f"{display(quotation)} quotes some of these words already (characters {start} "
                    f"to {end}); point to it with st:quotes, or quote what stands beside it."
                )


def _place(index: Index, selector: Term, name: str) -> int | None:
    value = index.value(selector, named(name))
    is_number = isinstance(value, ox.Literal) and value.value.isdecimal()
    return int(value.value) if is_number and isinstance(value, ox.Literal) else None
