"""What the query of a SPARQL constraint does: may it be asked for many nodes at once?

This reads the SELECT queries that constraints are commonly written in. At anything else it
stops with `NotUnderstood`, and pySHACL asks the query. Where it errs, it errs on the safe
side: what a query may read are all triples with a property that its text names anywhere,
and all triples there are where a variable or a path could stand for others.
"""

import re
from dataclasses import dataclass, field

from ..sparql_text import NotUnderstood, SparqlToken, TokenWalk, tokenize
from .declarations import RDF_TYPE
from .regex import is_common

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
_WORDS = {"TRUE", "FALSE", "NOT", "DISTINCT"}  # that may stand in an expression
_OPERANDS = {"variable", "string", "tag", "number", "iri", "name"}


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


class _Analysis(TokenWalk):
    """Reads the tokens of one query, part by part, and notes what it does."""

    def __init__(self, tokens: list[SparqlToken]) -> None:
        super().__init__(tokens)
        self.facts = QueryFacts()
        # Of the group that is read: variables that triples bind, and the ends of paths that do not.
        self._joined = set[str]()
        self._loose: list[set[str]] = []

    def query(self) -> None:
        """Read a whole query."""
        while self.skip("PREFIX"):
            prefix = self.take_kind("name").text.removesuffix(":")
            self.facts.prefixes[prefix] = self.take_kind("iri").text[1:-1]
        self.take("SELECT")
        self._projection()
        self.skip("WHERE")
        self._group()
        self._modifiers()
        if self.next.kind != "end":
            raise NotUnderstood(f"{self.next.text} is not expected")

    def _projection(self) -> None:
        self.skip("DISTINCT")
        while not self.is_next("WHERE", "{"):
            if self.skip("("):
                self._expression()
            elif not self.skip("*"):
                self.take_kind("variable")

    def _modifiers(self) -> None:
        if self.skip("GROUP"):
            self.take("BY")
            self.facts.grouped_by = set(self._variables())
        if self.skip("HAVING"):
            while self.skip("("):
                self._expression()
        if self.skip("ORDER"):
            self.take("BY")
            self._variables()

    def _variables(self) -> list[str]:
        found = []
        while self.next.kind == "variable":
            found.append(self.advance().text[1:])
        return found

    def _group(self, in_exists: bool = False) -> None:
        opening = self.take("{")
        if not in_exists:
            self.facts.groups.append(opening.end)
        outer, self._joined, self._loose = (self._joined, self._loose), {"this"}, []
        while not self.skip("}"):
            self._member(in_exists)
        if any(self._joined.isdisjoint(ends) for ends in self._loose):
            raise NotUnderstood("a path in it may lead from any term to itself")
        self._joined, self._loose = outer

    def _member(self, in_exists: bool) -> None:
        if self.skip("."):
            return
        if self.skip("OPTIONAL") or self.skip("UNION") or self.is_next("{"):
            self._group(in_exists)
        elif self.skip("GRAPH"):
            if self.take_kind("variable").text[1:] != "shapesGraph":
                raise NotUnderstood("it reads other graphs")
            self.facts.reads_shapes = True
            self._group(in_exists)
        elif self.skip("FILTER"):
            self._filter()
        elif self.skip("BIND"):
            self.take("(")
            self._expression()
        else:
            self._triples()

    def _filter(self) -> None:
        if self.is_next("NOT", "EXISTS"):
            self._exists()
        elif self.next.kind == "word":
            self._call()
        else:
            self.take("(")
            self._expression()

    def _exists(self) -> None:
        self.skip("NOT")
        self.take("EXISTS")
        self._group(in_exists=True)

    def _triples(self) -> None:
        """Read a subject with its properties and their values."""
        subject = self._term()
        while True:
            is_any = self.next.kind == "variable"
            if is_any:
                self.advance()
            may_be_empty = not is_any and self._path()
            values = [self._term()]
            while self.skip(","):
                values.append(self._term())
            if is_any:
                self._reads_any(subject, values)
            self._join(subject, values, may_be_empty)
            if not self.skip(";") or self.is_next(".", "}"):
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
        token = self.advance()
        if token.kind == "sign" and token.text in ("+", "-"):
            token = self.take_kind("number")
        is_truth = token.kind == "word" and token.text.upper() in ("TRUE", "FALSE")
        if token.kind == "number" or is_truth:
            self.facts.sees_forms = True
        elif token.kind == "string":
            if self.skip("^^"):
                self.facts.sees_forms = True
                self.advance()
            elif self.next.kind == "tag":
                self.advance()
        elif token.kind not in ("variable", *_NODES):
            raise NotUnderstood(f"{token.text} is not read here")
        return token

    def _path(self) -> bool:
        """Read a path, and tell whether it may lead from any term to that term itself."""
        steps, has_choice = [self._step()], False
        while self.is_next("/", "|"):
            has_choice |= self.advance().text == "|"
            steps.append(self._step())
        return all(steps) or (has_choice and any(steps))

    def _step(self) -> bool:
        may_be_empty = False
        self.skip("^")
        if self.skip("("):
            may_be_empty = self._path()
            self.take(")")
        else:
            token = self.advance()
            if token.kind not in _NODES and not _is_type(token):
                raise NotUnderstood(f"{token.text} is not read here")
        if self.skip("*") or self.skip("?"):
            self.facts.reads_everything = self.facts.has_empty_path = may_be_empty = True
        self.skip("+")
        return may_be_empty

    def _call(self) -> None:
        """Read a function's name and its arguments."""
        name, start = self.take_kind("word").text.upper(), self.at
        self.take("(")
        if name not in _BY_VALUE | _BY_FORM:
            raise NotUnderstood(f"the function {name} may differ")
        self.facts.functions.add(name)
        self.facts.sees_forms |= name in _BY_FORM
        self._expression()
        if name == "REGEX":
            arguments = self.tokens[start : self.at]
            strings = [token.text for token in arguments if token.kind == "string"]
            if len(strings) != 1 or not _is_common(strings[0]):
                raise NotUnderstood("its regular expression may be read in another way")

    def _expression(self) -> None:
        """Read an expression up to the bracket that closes it, that included."""
        while not self.skip(")"):
            if self.is_next("EXISTS") or (self.is_next("NOT") and self.is_next("EXISTS", at=1)):
                self._exists()
            elif self.next.kind == "word" and self.is_next("(", at=1):
                self._call()
            elif self.skip("("):
                self._expression()
            else:
                self._operand()

    def _operand(self) -> None:
        token = self.advance()
        if token.kind in _NODES and self.is_next("("):
            raise NotUnderstood(f"the function {token.text} is not read here")
        if token.kind == "word" and token.text.upper() == "AS":
            self.facts.sees_forms = True  # what is computed may be shown, or compared as a term
            return
        is_word = token.kind == "word" and token.text.upper() in _WORDS
        is_sign = token.kind == "sign" and token.text in _OPERATORS
        if not is_word and not is_sign and token.kind not in _OPERANDS:
            raise NotUnderstood(f"{token.text or 'its end'} is not expected")


def _is_this(token: SparqlToken) -> bool:
    return token.kind == "variable" and token.text[1:] == "this"


def _is_common(quoted: str) -> bool:
    """Tell whether a regular expression, quoted as in a query, has one meaning only."""
    text = quoted[1:-1]
    if text.startswith(quoted[0]) or re.search(r"\\[^\\]", text.replace("\\\\", "")):
        return False
    return is_common(text.replace("\\\\", "\\"))
