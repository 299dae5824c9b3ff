"""Bytes as text: UTF-8 without a byte order mark; what else they begin with is named.

Formats that allow a mark (https://www.w3.org/TR/xml/#charencoding for RDF/XML,
https://www.rfc-editor.org/rfc/rfc8259#section-8.1 for JSON-LD) are read with it.
"""

import codecs
import re
from pathlib import Path

from .errors import InvalidFile

MARK = "\ufeff"
_MARKED = "begins with a byte order mark; save it as UTF-8 without one"
_OTHERS = (  # the first of the first two begins as the second does
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
)
_PLACE = re.compile(r"^Parser error at [^:]*: ")


def decode(path: Path, content: bytes) -> str:
    """Read the content of `path` as UTF-8, or raise `InvalidFile`."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = content[: fault.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        problem = "not UTF-8; save the file as UTF-8"
        raise InvalidFile(path, mark_problem(content) or problem, line, column) from fault


def refuse_mark(path: Path, text: str) -> None:
    """Raise `InvalidFile` for a text that begins with a mark, in a format that has none."""
    if text.startswith(MARK):
        raise InvalidFile(path, _MARKED, 1, 1)


def mark_problem(content: bytes) -> str | None:
    """Say what is wrong with a content that begins with a mark; None if it does not."""
    if content.startswith(codecs.BOM_UTF8):
        return _MARKED
    names = (name for mark, name in _OTHERS if content.startswith(mark))
    name = next(names, None)
    return name and f"is in {name}; save it as UTF-8"


def parser_words(fault: SyntaxError) -> str:
    """Take the parser's words without the place, which is given apart, nor what is not seen."""
    return _PLACE.sub("", fault.msg).replace(MARK, "U+FEFF (a byte order mark)")
