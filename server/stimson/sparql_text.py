"""The tokens of a SPARQL query, with their places: for all who read a query before it runs.

The terminals are those of SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/#sparqlGrammar)
and 1.2. This is no parser: syntax is the engine's matter, and any text has tokens. What is
promised is agreement with the engine on every query that the engine accepts, above all on
what lies inside strings, comments, IRIs and names.

The grammar alone does not give that: by it, ``<?b&&?c>`` is an IRI wherever it stands.
Engines that have no tokenizer, Oxigraph among them, read ``FILTER(?a<?b&&?c>?d)`` as two
comparisons. So does `tokenize`: after an operand of an expression, ``<`` is an operator.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARS = rf"{_BASE}_0-9\u00b7\u0300-\u036f\u203f\u2040"  # the grammar's PN_CHARS, but for "-"
_NAME_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
# The possessive quantifiers, and that a string which is not closed takes all up to the end
# of its line, or of the text, keep the time linear.
_TOKEN = re.compile(
    rf"""
      (?P<space> [ \t\r\n]++ )
    | (?P<comment> \#[^\r\n]*+ )
    | (?P<iri> <(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+> )
    | (?P<string> \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+'''
                | "(?!"")(?:[^"\\\r\n]|\\.)*+" | '(?!'')(?:[^'\\\r\n]|\\.)*+' )
    | (?P<unclosed> (?:\"\"\"|''').*+ | "(?:[^"\\\r\n]|\\.)*+ | '(?:[^'\\\r\n]|\\.)*+ )
    | (?P<variable> [?$][{_CHARS}]++ )
    | (?P<blank> _:[{_BASE}_0-9](?:[{_CHARS}.-]*[{_CHARS}-])? )
    | (?P<tag> @[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)? )
    | (?P<number> [0-9]++\.[eE][+-]?[0-9]++ | (?:[0-9]*\.)?[0-9]++(?:[eE][+-]?[0-9]++)? )
    | (?P<name> (?:[{_BASE}](?:[{_CHARS}.-]*[{_CHARS}-])?)?:
                (?: (?:[{_BASE}_:0-9]|{_NAME_ESCAPE})
                    (?:(?:[{_CHARS}.:-]|{_NAME_ESCAPE})*(?:[{_CHARS}:-]|{_NAME_ESCAPE}))? )? )
    | (?P<words> [{_BASE}][{_CHARS}.-]*+ )
    | (?P<sign> <<\(? | && | \|\| | != | <= | >= | \^\^ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
# Scanned as one, for if each word looked for the colon of a name, the time were quadratic.
_WORDS = re.compile(rf"(?P<word>[{_BASE}][{_CHARS}]*+)|(?P<number>[0-9]++)|(?P<sign>.)", re.DOTALL)
_LESS = re.compile("<=?")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_OPENING, _CLOSING = {"(", "[", "{", "<<("}, {")", "]", "}"}
_OPERANDS = {"variable", "string", "tag", "number", "name", "iri"}
# Words with an expression in the parentheses after them; engines let words run together,
# so these may be the end of a longer one.
_CALLED = re.compile(
    r"(?:ABS|ADJUST|AVG|BIND|BNODE|BOUND|CEIL|COALESCE|CONCAT|CONTAINS|COUNT|DATATYPE|DAY|"
    r"FILTER|FLOOR|HAVING|HOURS|IF|IN|IRI|ISBLANK|ISLITERAL|ISNUMERIC|LANG|LANGDIR|"
    r"LANGMATCHES|LCASE|MAX|MD5|MINUTES|MONTH|NOW|OBJECT|PREDICATE|RAND|REGEX|REPLACE|ROUND|"
    r"SAMETERM|SAMPLE|SECONDS|SHA1|SHA256|SHA384|SHA512|STR|STRAFTER|STRBEFORE|STRDT|STRENDS|"
    r"STRLEN|STRSTARTS|SUBJECT|SUM|TIMEZONE|TRIPLE|TZ|UCASE|URI|UUID|YEAR)\Z"
)
_MODIFIERS = ("SELECT", "GROUP", "ORDER", "HAVING")  # of which expressions are a part


class SparqlToken(NamedTuple):
    """A token and its place.

    `kind` is one of comment, iri, string, variable, blank, tag, number, name (a prefixed
    one), word (a keyword, a function, or several without a space between them), sign; and
    unclosed, for what follows a quotation mark without a second one.
    """

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> Iterator[SparqlToken]:
    """Cut a text into tokens; only white space is left out."""
    at, context = 0, _Context()
    while match := _TOKEN.match(text, at):
        kind = match.lastgroup or ""
        if match[0][0] == "<" and context.awaits_operator():
            kind, match = "sign", _LESS.match(text, at) or match
        at = match.end()
        if kind == "words":
            for part in _WORDS.finditer(text, *match.span()):
                yield context.take(SparqlToken(part.lastgroup or "", part[0], *part.span()))
        elif kind == "comment":
            yield SparqlToken(kind, match[0], *match.span())
        elif kind != "space":
            yield context.take(SparqlToken(kind, match[0], *match.span()))


_END = SparqlToken("end", "", 0, 0)


class _Context:
    """Knows, while tokens go by, whether an expression goes on and its operator comes next."""

    def __init__(self) -> None:
        self._open = [_Bracket(holds=True, is_expression=False)]
        self._last = self._before = SparqlToken("sign", "", 0, 0)

    def awaits_operator(self) -> bool:
        """Tell whether the last token is an operand of an expression."""
        kind, text = self._last.kind, self._last.text
        is_truth = kind == "word" and text.upper() in ("TRUE", "FALSE")
        is_operand = kind in _OPERANDS or text == ")" or is_truth
        return self._open[-1].is_expression and is_operand

    def take(self, token: SparqlToken) -> SparqlToken:
        """Go past a token."""
        if token.kind == "sign":
            if token.text in _OPENING:
                is_expression = token.text == "(" and (self._open[-1].holds or self._is_call())
                self._open.append(_Bracket(is_expression, is_expression))
            elif token.text in _CLOSING and len(self._open) > 1:
                self._open.pop()
        elif token.kind == "word" and token.text.upper().endswith(_MODIFIERS):
            is_expression = self._open[-1].is_expression
            self._open[-1] = _Bracket(holds=True, is_expression=is_expression)
        self._before, self._last = self._last, token
        return token

    def _is_call(self) -> bool:
        """Tell whether the last token calls what the parentheses after it hold."""
        if self._last.kind in ("name", "iri"):  # elsewhere than in an expression, FILTER :f()
            return self._before.kind == "word" and self._before.text.upper().endswith("FILTER")
        return self._last.kind == "word" and bool(_CALLED.search(self._last.text.upper()))


class _Bracket(NamedTuple):
    """An open bracket: do parentheses in it hold expressions, and is it part of one itself?"""

    holds: bool
    is_expression: bool


class NotUnderstood(Exception):
    """A query is not written in the way that who reads it expects."""


class TokenWalk:
    """Goes through tokens: looks at the next one, takes it, or raises `NotUnderstood`."""

    def __init__(self, tokens: list[SparqlToken]) -> None:
        self.tokens, self.at = tokens, 0

    @property
    def next(self) -> SparqlToken:
        """The token that comes next; one of the kind ``end`` behind the last."""
        return self.peek(0)

    def peek(self, ahead: int) -> SparqlToken:
        """Look at a token further on."""
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else _END

    def advance(self) -> SparqlToken:
        """Take the next token, whatever it is."""
        token = self.next
        self.at += 1
        return token

    def is_next(self, *texts: str, at: int = 0) -> bool:
        """Tell whether a word or a sign comes next, or `at` tokens later."""
        token = self.peek(at)
        return token.kind in ("word", "sign") and token.text.upper() in texts

    def skip(self, text: str) -> bool:
        """Take a word or a sign if it comes next, and tell whether it did."""
        found = self.is_next(text)
        self.at += found
        return found

    def take(self, text: str) -> SparqlToken:
        """Take a word or a sign, or raise `NotUnderstood`."""
        if not self.is_next(text):
            raise NotUnderstood(f"{text} is missing")
        return self.advance()

    def take_kind(self, kind: str) -> SparqlToken:
        """Take a token of a kind, or raise `NotUnderstood`."""
        token = self.advance()
        if token.kind != kind:
            raise NotUnderstood(f"{token.text or 'its end'} is not expected")
        return token


def strip_literals(text: str) -> str:
    """Leave of a query its keywords and signs: no comment, IRI, string, variable, name or number.

    What was left out is a space. What follows a quotation mark that is not closed is left in.
    """
    kept, at = [], 0
    for token in tokenize(text):
        kept.append(text[at : token.start])
        kept.append(token.text if token.kind in ("word", "sign", "unclosed") else " ")
        at = token.end
    return "".join((*kept, text[at:]))


def undeclared_prefixes(text: str) -> set[str]:
    """List the prefixes that a query uses and does not declare."""
    used, declared, last = set[str](), set[str](), ""
    for token in tokenize(text):
        if token.kind == "comment":
            continue
        if token.kind == "name":
            prefixes = declared if last.upper() == "PREFIX" else used
            prefixes.add(token.text.partition(":")[0])
        last = token.text
    return used - declared


def unescape(text: str) -> str:
    r"""Resolve code point escapes such as ``\u0041``; one that is no character stays as it is.

    SPARQL 1.1 resolves them before anything else, many engines only inside strings and
    IRIs. The two readings end strings at different places: who must be sure reads both.
    """
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]
