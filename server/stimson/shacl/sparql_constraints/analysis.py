"""What the query of a SPARQL constraint does: may it be asked for many nodes at once?

This reads the SELECT queries that constraints are commonly written in. At anything else it
stops with `NotUnderstood`, and pySHACL asks the query. Where it errs, it errs on the safe
side: what a query may read are all triples with a property that its text names anywhere,
and all triples there are where a variable or a path could stand for others.
"""

import re
from dataclasses import dataclass, field

from ...sparql_text import SparqlToken, tokenize
from ..known_terms import RDF_TYPE
from ..regex import is_common

_END = SparqlToken("end", "", 0, 0)
_NODES = ("iri", "name")
_AGGREGATES = {"COUNT", "SUM"}
# They look at a literal's value, not at how it is written.
_BY_VALUE = {
    *("ABS", "BOUND", "CEIL", "COALESCE", "FLOOR", "IF", "IN", "LANG", "LANGMATCHES", "ROUND"),
    *("ISBLANK", "ISIRI", "ISLITERAL", "ISNUMERIC", "ISURI", *_AGGREGATES),
}
_BY_FORM = {
    *("CONTAINS", "DATATYPE", "LCASE", "REGEX", "SAMETERM", "STR", "STRAFTER", "STRBEFORE"),
    *("STRENDS", "STRLEN", "STRSTARTS", "SUBSTR", "UCASE"),
}
_OPERATORS = {"!", "=", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/", ",", "^^"}
_OPERANDS = {"variable", "string", "tag", "number", "iri", "name"}


class NotUnderstood(Exception):
    """A query is written in a way that is not read here."""


@dataclass
class QueryFacts:
    """What a query does.

    `groups` are the places where the groups begin that are to be joined with the focus
    nodes; inside EXISTS, variables have the values that they have around it.
    """

    groups: list[int] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)  # of several alike, the last counts
    properties: frozenset[str] = frozenset()  # all IRIs that its text names
    reads_around_focus: bool = False  # any property of a focus node, or that leads to it
    reads_everything: bool = False
    reads_any_literal: bool = False  # of whatever property
    has_empty_path: bool = False  # one that may lead from a term to itself
    reads_shapes: bool = False
    sees_forms: bool = False  # it may notice, or show, how a literal is written
    functions: set[str] = field(default_factory=set)
    grouped_by: set[str] | None = None


def analyse(query: str) -> QueryFacts:
    """Analyse a SELECT query, prefixes and all, or raise `NotUnderstood`."""
    tokens = [token for token in tokenize(query) if token.kind != "comment"]
    if odd := [each for each in tokens if each.kind == "unclosed" or _is_escaped(each)]:
        raise NotUnderstood(f"{odd[0].text} is not read here")
    analysis = _Analysis(tokens)
    analysis.query()
    facts = analysis.facts
    named = (each for each in tokens if each.kind in _NODES or _is_type(each))
    facts.properties = frozenset(_expand(each, facts.prefixes) for each in named)
    is_grouped = bool(facts.functions & _AGGREGATES) or facts.grouped_by is not None
    if is_grouped and "this" not in (facts.grouped_by or ()):
        raise NotUnderstood("its groups are not those of one focus node")
    return facts


def _is_escaped(token: SparqlToken) -> bool:
    return token.kind in _NODES and "\\" in token.text


def _expand(token: SparqlToken, prefixes: dict[str, str]) -> str:
    """Write in full the IRI that a token names."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return RDF_TYPE.value if _is_type(token) else prefixes.get(prefix, f"{prefix}:") + local


def _is_type(token: SparqlToken) -> bool:
    return token.kind == "word" and token.text == "a"


class _Analysis:
    """Walks through the tokens of one query."""

    def __init__(self, tokens: list[SparqlToken]) -> None:
        self.facts = QueryFacts()
        self._tokens, self._at = tokens, 0
        # Of the group that is read: variables that triples bind, and the ends of paths that do not.
        self._joined = set[str]()
        self._loose: list[set[str]] = []

    def query(self) -> None:
        """Read a whole query."""
        while self._try("PREFIX"):
            prefix = self._take_kind("name").text.removesuffix(":")
            self.facts.prefixes[prefix] = self._take_kind("iri").text[1:-1]
        self._take("SELECT")
        self._projection()
        self._try("WHERE")
        self._group()
        self._modifiers()
        if self._next.kind != "end":
            raise NotUnderstood(f"{self._next.text} is not expected")

    def _projection(self) -> None:
        self._try("DISTINCT")
        while not self._is_next("WHERE", "{"):
            if self._try("("):
                self._expression()
            elif not self._try("*"):
                self._take_kind("variable")

    def _modifiers(self) -> None:
        if self._try("GROUP"):
            self._take("BY")
            self.facts.grouped_by = set(self._variables())
        if self._try("HAVING"):
            while self._try("("):
                self._expression()
        if self._try("ORDER"):
            self._take("BY")
            self._variables()

    def _variables(self) -> list[str]:
        found = []
        while self._next.kind == "variable":
            found.append(self._advance().text[1:])
        return found

    def _group(self, in_exists: bool = False) -> None:
        opening = self._take("{")
        if not in_exists:
            self.facts.groups.append(opening.end)
        outer, self._joined, self._loose = (self._joined, self._loose), {"this"}, []
        while not self._try("}"):
            self._member(in_exists)
        if any(self._joined.isdisjoint(ends) for ends in self._loose):
            raise NotUnderstood("a path in it may lead from any term to itself")
        self._joined, self._loose = outer

    def _member(self, in_exists: bool) -> None:
        if self._try("."):
            return
        if self._try("OPTIONAL") or self._try("UNION") or self._is_next("{"):
            self._group(in_exists)
        elif self._try("GRAPH"):
            if self._take_kind("variable").text[1:] != "shapesGraph":
                raise NotUnderstood("it reads other graphs")
            self.facts.reads_shapes = True
            self._group(in_exists)
        elif self._try("FILTER"):
            self._filter()
        elif self._try("BIND"):
            self._take("(")
            self._expression()
        else:
            self._triples()

    def _filter(self) -> None:
        if self._is_next("NOT", "EXISTS"):
            self._exists()
        elif self._next.kind == "word":
            self._call()
        else:
            self._take("(")
            self._expression()

    def _exists(self) -> None:
        self._try("NOT")
        self._take("EXISTS")
        self._group(in_exists=True)

    def _triples(self) -> None:
        """Read a subject with its properties and their values."""
        subject = self._term()
        while True:
            is_any = self._next.kind == "variable"
            if is_any:
                self._advance()
            may_be_empty = not is_any and self._path()
            values = [self._term()]
            while self._try(","):
                values.append(self._term())
            if is_any:
                self._reads_any(subject, values)
            self._join(subject, values, may_be_empty)
            if not self._try(";") or self._is_next(".", "}"):
                return

    def _join(self, subject: SparqlToken, values: list[SparqlToken], may_be_empty: bool) -> None:
        """Note which variables triples bind: a path that may be empty binds none by itself."""
        for value in values:
            ends = [end.text[1:] for end in (subject, value) if end.kind == "variable"]
            if not may_be_empty:
                self._joined.update(ends)
            elif len(ends) == 2:
                self._loose.append(set(ends))

    def _reads_any(self, subject: SparqlToken, values: list[SparqlToken]) -> None:
        """Note a variable in place of a property."""
        if _is_this(subject) or all(map(_is_this, values)):
            self.facts.reads_around_focus = True
        else:
            self.facts.reads_everything = self.facts.reads_any_literal = True

    def _term(self) -> SparqlToken:
        token = self._advance()
        if token.kind == "sign" and token.text in ("+", "-"):
            token = self._take_kind("number")
        is_truth = token.kind == "word" and token.text.upper() in ("TRUE", "FALSE")
        if token.kind == "number" or is_truth:
            self.facts.sees_forms = True
        elif token.kind == "string":
            if self._try("^^"):
                self.facts.sees_forms = True
                self._advance()
            elif self._next.kind == "tag":
                self._advance()
        elif token.kind not in ("variable", *_NODES):
            raise NotUnderstood(f"{token.text} is not read here")
        return token

    def _path(self) -> bool:
        """Read a path, and tell whether it may lead from any term to that term itself."""
        steps, has_choice = [self._step()], False
        while self._is_next("/", "|"):
            has_choice |= self._advance().text == "|"
            steps.append(self._step())
        return all(steps) or (has_choice and any(steps))

    def _step(self) -> bool:
        may_be_empty = False
        self._try("^")
        if self._try("("):
            may_be_empty = self._path()
            self._take(")")
        else:
            token = self._advance()
            if token.kind not in _NODES and not _is_type(token):
                raise NotUnderstood(f"{token.text} is not read here")
        if self._try("*") or self._try("?"):
            self.facts.reads_everything = self.facts.has_empty_path = may_be_empty = True
        self._try("+")
        return may_be_empty

    def _call(self) -> None:
        """Read a function's name and its arguments."""
        name, start = self._take_kind("word").text.upper(), self._at
        self._take("(")
        if name not in _BY_VALUE | _BY_FORM:
            raise NotUnderstood(f"the function {name} may differ")
        self.facts.functions.add(name)
        self.facts.sees_forms |= name in _BY_FORM
        self._expression()
        if name == "REGEX":
            arguments = self._tokens[start : self._at]
            strings = [token.text for token in arguments if token.kind == "string"]
            if len(strings) != 1 or not _is_common(strings[0]):
                raise NotUnderstood("its regular expression may be read in another way")

    def _expression(self) -> None:
        """Read an expression up to the bracket that closes it, that included."""
        while not self._try(")"):
            if self._is_next("EXISTS") or (self._is_next("NOT") and self._is_next("EXISTS", at=1)):
                self._exists()
            elif self._next.kind == "word" and self._is_next("(", at=1):
                self._call()
            elif self._try("("):
                self._expression()
            else:
                self._operand()

    def _operand(self) -> None:
        token = self._advance()
        if token.kind in _NODES and self._is_next("("):
            raise NotUnderstood(f"the function {token.text} is not read here")
        if token.kind == "word" and token.text.upper() == "AS":
            self.facts.sees_forms = True  # what is computed may be shown, or compared as a term
            return
        is_word = token.kind == "word" and token.text.upper() in (
            "TRUE",
            "FALSE",
            "NOT",
            "DISTINCT",
        )
        is_sign = token.kind == "sign" and token.text in _OPERATORS
        if not is_word and not is_sign and token.kind not in _OPERANDS:
            raise NotUnderstood(f"{token.text or 'its end'} is not expected")

    @property
    def _next(self) -> SparqlToken:
        return self._peek(0)

    def _peek(self, ahead: int) -> SparqlToken:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else _END

    def _advance(self) -> SparqlToken:
        token = self._next
        self._at += 1
        return token

    def _is_next(self, *texts: str, at: int = 0) -> bool:
        token = self._peek(at)
        return token.kind in ("word", "sign") and token.text.upper() in texts

    def _try(self, text: str) -> bool:
        found = self._is_next(text)
        self._at += found
        return found

    def _take(self, text: str) -> SparqlToken:
        if not self._is_next(text):
            raise NotUnderstood(f"{text} is missing")
        return self._advance()

    def _take_kind(self, kind: str) -> SparqlToken:
        token = self._advance()
        if token.kind != kind:
            raise NotUnderstood(f"{token.text or 'its end'} is not expected")
        return token


def _is_this(token: SparqlToken) -> bool:
    return token.kind == "variable" and token.text[1:] == "this"


def _is_common(quoted: str) -> bool:
    """Tell whether a regular expression, quoted as in a query, has one meaning only."""
    text = quoted[1:-1]
    if text.startswith(quoted[0]) or re.search(r"\\[^\\]", text.replace("\\\\", "")):
        return False
    return is_common(text.replace("\\\\", "\\"))
