"""Read a submission, in whatever format it came, as one more document of the data.

Nothing is fetched for it, neither contexts nor imports, and no entity is expanded.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import DefaultGraph, Quad, RdfFormat, parse

from ... import names
from ...errors import InvalidFile
from ...files import decode, parser_words, refuse_mark
from ...rdf import Document
from ...rdf.terms import NotRdf11, own_triples
from . import MEDIA_TYPES, Submission

IRI = f"{names.GRAPH}submitted"
# JSON-LD drops what is relative where there is no base, without a word.
_BASE = "https://base.invalid/"
_PREFIX = "submitted"  # of the names of blank nodes
_ENTITY = "<!ENTITY"
_POSITIONED = (RdfFormat.TURTLE, RdfFormat.N_TRIPLES)  # the second is part of the first
_MAY_BE_MARKED = (RdfFormat.RDF_XML, RdfFormat.JSON_LD)
_LINE_END = re.compile("(\r\n|\n|\r)")


def read_submission(submission: Submission) -> Document:
    """Read what was sent, or raise `InvalidFile`; its graphs, if it has several, are merged."""
    path = Path(submission.name)
    form = MEDIA_TYPES[submission.media_type]
    text = decode(path, submission.content)
    _refuse(path, form, text)
    try:
        base = _BASE if form == RdfFormat.JSON_LD else None
        quads = list(parse(text, format=form, base_iri=base))
        triples = tuple(dict.fromkeys(own_triples(quads, _PREFIX)))
    except SyntaxError as fault:
        raise InvalidFile(path, _problem(fault), fault.lineno, fault.offset) from fault
    except NotRdf11 as fault:
        raise InvalidFile(path, str(fault)) from fault
    if base is not None and (relative := _relative(triples)):
        raise InvalidFile(path, f"{relative} is a relative IRI; write it in full or give a @base")
    return Document(IRI, "data", path, _positioned(form, text, quads), triples)


def _refuse(path: Path, form: RdfFormat, text: str) -> None:
    if form not in _MAY_BE_MARKED:
        refuse_mark(path, text)
    # The parser expands entities within entities: a kilobyte becomes a gigabyte.
    if form == RdfFormat.RDF_XML and (at := text.find(_ENTITY)) >= 0:
        line = text.count("\n", 0, at) + 1
        column = at - text.rfind("\n", 0, at)
        raise InvalidFile(path, "no entities are expanded here; write them out", line, column)


def _problem(fault: SyntaxError) -> str:
    if "LoadDocumentCallback" in fault.msg:
        return "remote contexts are not fetched; write the @context into the document"
    return parser_words(fault)


def _relative(triples: Iterable[object]) -> str | None:
    """Find an IRI that only the made-up base has made absolute."""
    written = (match[1] for match in map(_MADE_UP.search, map(str, triples)) if match)
    return next(written, None)


_MADE_UP = re.compile(f"<{re.escape(_BASE)}([^>]*)>")


def _positioned(form: RdfFormat, text: str, quads: list[Quad]) -> str:
    """Write the text so that a reader of Turtle finds the place of a triple in it; or empty."""
    if form in _POSITIONED:
        return text
    return _without_graphs(text, quads) if form == RdfFormat.N_QUADS else ""


def _without_graphs(text: str, quads: list[Quad]) -> str:
    """Blank out the graphs of N-Quads, which leaves each triple in its place."""
    pieces = _LINE_END.split(text)
    statements = [
        at for at, piece in enumerate(pieces) if piece.strip() and piece.strip()[0] != "#"
    ]
    for at, quad in zip(statements, quads, strict=False):
        graph = str(quad.graph_name)
        if not isinstance(quad.graph_name, DefaultGraph) and graph in pieces[at]:
            before, _, after = pieces[at].rpartition(graph)
            pieces[at] = f"{before}{' ' * len(graph)}{after}"
    return "".join(pieces)
