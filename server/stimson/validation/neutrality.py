"""Neutrality: where the graph speaks for itself, it takes no side.

Looked at are all texts with a language tag, whatever their property, save those that hold the
words of others; the headers of saved queries and of rules; and the further files that a project
names. Words between quotation marks are somebody's; all others are the graph's own, also where
it says who holds what they say.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from .. import names
from ..errors import InvalidQueryFile
from ..files import read_text, real
from ..findings import Finding
from ..project import Neutrality
from ..queries import read_header
from ..rdf import Term, named
from .catalogue import WORDS
from .stages import ValidationContext
from .wording import Use, WordList, read_words

_ENGLISH = "en"
_LABEL, _POLARITY, _DENIED = named("rdfs:label"), named("st:polarity"), named("stv:denied")
_HEADER = (*("title", "question", "sentence", "keywords", "columns", "minimum", "parameters"),)
_NO_WORDING = ("type", "class", "scheme", "default", "minimum")  # keys whose values are names
_MARKUP = re.compile(r"\{[%#{].*?[%#}]\}|<[^>]*>|\]\([^)]*\)")
_FENCE = re.compile(r"\s*(```|~~~)")


def check_wording(context: ValidationContext) -> Iterator[Finding]:
    """Find the words that take a side."""
    wanted = _wanted(context)
    words = read_words(wanted.words)
    yield from _in_graph(context, wanted, words)
    yield from chain.from_iterable(_in_header(path, wanted, words) for path in _headed(context))
    for each in wanted.texts:
        for path in sorted(wanted.root.glob(each)):
            yield from _in_file(path, wanted, words)


def check_denials(context: ValidationContext) -> Iterator[Finding]:
    """Find denied claims whose label says the opposite: it has no negation."""
    wanted = _wanted(context)
    words = read_words(wanted.words)
    index = context.dataset.index("ontology", "data")
    for claim in index.subjects(_POLARITY, _DENIED):
        for label in index.objects(claim, _LABEL):
            if isinstance(label, ox.Literal) and words.lacks_negation(
                label.value, label.language or ""
            ):
                message = (
                    "The claim is denied, but its label does not deny: it reads as the opposite. "
                    "Put the negation into the label, or correct st:polarity."
                )
                yield context.places.finding(
                    f"{names.RULE}denied-label", wanted.severity, message, claim, _LABEL, label
                )


def _wanted(context: ValidationContext) -> Neutrality:
    wanted = context.project.neutrality
    assert wanted is not None  # a project without words does not come to this stage
    return wanted


def _in_graph(context: ValidationContext, wanted: Neutrality, words: WordList) -> Iterator[Finding]:
    """Look through the texts of ontology, shapes and data."""
    left_out = {ox.NamedNode(iri) for iri in wanted.leave_out}
    known: dict[Term, list[Use]] = {}
    for document in context.dataset.of(*_own_parts(context)):
        for thing, path, text in document.index:
            if not isinstance(text, ox.Literal) or not text.language or path in left_out:
                continue
            if text not in known:
                known[text] = list(words.uses(text.value, text.language))
            for use in known[text]:
                yield context.places.finding(
                    f"{WORDS}{use.word.slug}",
                    wanted.severity,
                    _message(use),
                    thing,
                    path,
                    text,
                    document=document,
                )


def _own_parts(context: ValidationContext) -> Iterator[str]:
    """Name the parts that are the project's: what it borrows speaks for others."""
    root = real(context.project.root)
    for part, folder in context.project.folders.parts().items():
        if part == "data" or real(folder).is_relative_to(root):
            yield part


def _message(use: Use) -> str:
    word = use.word
    return (
        f"\u201c{use.found}\u201d takes a side: {word.reason} Write instead: {word.suggestion} "
        "Words that are somebody's stand between quotation marks."
    )


def _headed(context: ValidationContext) -> Iterator[Path]:
    """List the files that begin with a header: saved queries, and rules of the ontology."""
    project = context.project
    folders = [project.queries]
    if project.folders.ontology is not None and "ontology" in _own_parts(context):
        folders.append(project.folders.ontology / "rules")
    for folder in folders:
        yield from sorted(folder.glob("*.rq")) if folder else ()


def _in_header(path: Path, wanted: Neutrality, words: WordList) -> Iterator[Finding]:
    try:
        header, text = read_header(path, _HEADER)
    except InvalidQueryFile:
        return  # the stage of queries, or that of the ontology, tells what is wrong
    lines = text.split("\n")
    for sentence in _texts(header):
        for use in words.uses(sentence, _ENGLISH):
            words_ = use.found.split()[0]
            line = next((number for number, each in enumerate(lines, 1) if words_ in each), 1)
            yield _finding(path, use, wanted, sentence, line, lines[line - 1].find(words_) + 1)


def _texts(value: Any) -> Iterator[str]:
    """List the texts of a header, wherever they stand in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner) if key not in _NO_WORDING else ()
    elif isinstance(value, Iterable):
        yield from chain.from_iterable(map(_texts, value))


def _in_file(path: Path, wanted: Neutrality, words: WordList) -> Iterator[Finding]:
    """Look through the lines of a page or a template; code and markup are no wording."""
    is_code = False
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if _FENCE.match(line):
            is_code = not is_code
            continue
        # As long as before, so that columns are those of the file.
        plain = _MARKUP.sub(lambda match: " " * len(match[0]), line)
        for use in words.uses(plain, _ENGLISH) if not is_code else ():
            yield _finding(path, use, wanted, line.strip(), number, use.start + 1)


def _finding(
    path: Path, use: Use, wanted: Neutrality, text: str, line: int, column: int
) -> Finding:
    return Finding(
        f"{WORDS}{use.word.slug}",
        wanted.severity,
        _message(use),
        file=path,
        line=line,
        column=column or 1,
        focus=f"{names.QUERY}{path.stem}" if path.suffix == ".rq" else None,
        value=text,
    )
