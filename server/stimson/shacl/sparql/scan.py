"""What a SPARQL query reads, and what it does with it.

This is no parser: it reads the queries that SHACL constraints are commonly written in,
far enough to tell whether they may be asked for many nodes at once, and by pyoxigraph.
At anything else it stops with `Unread`, and pySHACL asks the query.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .tokens import Token, Unread, tokenize

_END = Token("end", "", 0)
_NODES = ("iri", "name")


@dataclass
class Facts:
    """What a query does.

    `bindings` lists, for each variable, the properties whose values it takes; None stands
    for one that is not known. `uses` lists the functions around each variable in an
    expression, `computed` the variables that an expression's result depends on.
    """

    prefixes: dict[str, str] = field(default_factory=dict)  # of several alike, the last counts
    groups: list[int] = field(default_factory=list)  # where those begin that may name ?this
    properties: set[str] = field(default_factory=set)
    reads_any_property: bool = False  # of the focus node, or that lead to it
    reads_any_triple: bool = False
    reads_shapes: bool = False
    bindings: dict[str, set[str | None]] = field(default_factory=dict)
    nodes: set[str] = field(default_factory=set)  # variables that are subjects throughout
    uses: dict[str, set[str]] = field(default_factory=dict)
    computed: dict[str, set[str]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    patterns: list[list[str]] = field(default_factory=list)  # the strings in each REGEX
    constants: bool = False  # a number or the like stands for the value of a property
    grouped_by: set[str] | None = None


def scan(query: str) -> Facts:
    """Scan a SELECT query, prefixes and all, or raise `Unread`."""
    scanner = _Scanner(tokenize(query))
    scanner.query()
    return scanner.facts


class _Scanner:
    """Walks through the words of one query."""

    def __init__(self, tokens: list[Token]) -> None:
        self.facts = Facts()
        self._tokens, self._at = tokens, 0
        self._functions: list[str] = []  # those that the walk is in

    def query(self) -> None:
        """Read a whole query."""
        while self._try("PREFIX"):
            prefix, colon, local = self._take_kind("name").text.partition(":")
            if local:
                raise Unread(f"{prefix}{colon}{local} is no prefix")
            self.facts.prefixes[prefix] = self._take_kind("iri").text[1:-1]
        self._take("SELECT")
        self._projection()
        self._try("WHERE")
        self._group(top=True)
        self._modifiers()
        if self._next.kind != "end":
            raise Unread(f"{self._next.text} is not expected")

    def _projection(self) -> None:
        self._try("DISTINCT")
        while self._next.text not in ("WHERE", "{"):
            if self._try("("):
                self._expression(ends_with_as=True)
            elif not self._try("*"):
                self._take_kind("var")

    def _modifiers(self) -> None:
        if self._try("GROUP"):
            self._take("BY")
            self.facts.grouped_by = set()
            while self._next.kind == "var":
                self.facts.grouped_by.add(self._take_kind("var").text)
        if self._try("HAVING"):
            while self._next.text == "(":
                self._take("(")
                self._expression()
        if self._try("ORDER"):
            self._take("BY")
            while self._next.kind == "var":
                self._take_kind("var")

    def _group(self, top: bool = False, correlated: bool = False) -> None:
        """Read a group; inside EXISTS, variables have the values they have around it."""
        opening = self._take("{")
        if not correlated:
            self.facts.groups.append(opening.end)
        while not self._try("}"):
            self._member(top, correlated)

    def _member(self, top: bool, correlated: bool) -> None:
        if self._try("."):
            return
        if self._try("OPTIONAL") or self._try("UNION") or self._next.text == "{":
            self._group(correlated=correlated)
        elif self._try("GRAPH"):
            if self._take_kind("var").text != "shapesGraph":
                raise Unread("it reads other graphs")
            self.facts.reads_shapes = True
            self._group(correlated=correlated)
        elif self._try("FILTER"):
            self._filter()
        elif self._try("BIND"):
            self._take("(")
            self._expression(ends_with_as=True)
        else:
            self._triples(top)

    def _filter(self) -> None:
        if self._next.text in ("NOT", "EXISTS"):
            self._exists()
        elif self._next.kind == "word":
            self._call()
        else:
            self._take("(")
            self._expression()

    def _exists(self) -> None:
        self._try("NOT")
        self._take("EXISTS")
        self._group(correlated=True)

    def _triples(self, top: bool) -> None:
        """Read a subject with its properties and their values."""
        subject = self._term()
        if subject.kind == "var" and top:
            self.facts.nodes.add(subject.text)
        while True:
            is_any = self._next.kind == "var"
            prop = self._path()
            self._value(subject, prop, is_any)
            while self._try(","):
                self._value(subject, prop, is_any)
            if not self._try(";"):
                return
            if self._next.text in (".", "}"):
                return

    def _value(self, subject: Token, prop: str | None, is_any: bool) -> None:
        token = self._term()
        if is_any:
            is_about_focus = any(each[:2] == ("var", "this") for each in (subject, token))
            self.facts.reads_any_property |= is_about_focus
            self.facts.reads_any_triple |= not is_about_focus
        if token.kind == "var":
            self.facts.bindings.setdefault(token.text, set()).add(prop)

    def _term(self) -> Token:
        token = self._advance()
        if token.kind in ("var", "iri", "name"):
            return token
        if token.kind in ("number", "word") or token.text in ("+", "-"):
            if token.kind == "word" and token.text not in ("TRUE", "FALSE"):
                raise Unread(f"{token.text} is not read here")
            if token.kind == "sign":
                self._take_kind("number")
            self.facts.constants = True
            return token
        if token.kind == "string":
            if self._try("^^"):
                self.facts.constants = True
                self._advance()
            elif self._next.kind == "tag":
                self._advance()
            return token
        raise Unread(f"{token.text} is not read here")

    def _path(self) -> str | None:
        """Read a path; give the property whose values it leads to, None if it is not plain."""
        if self._next.kind == "var":
            self._advance()
            return None
        last, plain = self._step()
        while self._next.text in ("/", "|"):
            alternative = self._advance().text == "|"
            last, one_plain = self._step()
            plain = one_plain and plain and not alternative
        return last if plain else None

    def _step(self) -> tuple[str, bool]:
        plain, last = True, ""
        if self._try("^"):
            plain = False
        if self._try("("):
            plain, last = False, self._path() or ""
            self._take(")")
        else:
            token = self._advance()
            if token.kind not in _NODES and token.text != "a":
                raise Unread(f"{token.text} is not read here")
            last = token.text
            self.facts.properties.add(last)
        if self._try("*") or self._try("?"):
            # Such a path leads from any term to itself.
            self.facts.reads_any_triple, plain = True, False
        if self._try("+"):
            plain = False
        return last, plain

    def _call(self) -> None:
        """Read a function's name and its arguments."""
        name, start = self._take_kind("word").text, self._at
        self._take("(")
        self.facts.functions.add(name)
        with self._inside(name):
            self._expression()
        if name == "REGEX":
            words = self._tokens[start : self._at]
            self.facts.patterns.append([word.text for word in words if word.kind == "string"])

    def _expression(self, ends_with_as: bool = False) -> None:
        """Read an expression up to the bracket that closes it, that included."""
        sources: set[str] = set()
        while not self._try(")"):
            token = self._next
            if token.text == "AS" and ends_with_as:
                self._advance()
                self.facts.computed.setdefault(self._take_kind("var").text, set()).update(sources)
            elif token.text in ("EXISTS", "NOT") and self._is_exists():
                self._exists()
            elif token.kind == "word" and self._peek(1).text == "(":
                before = self._at
                self._call()
                sources |= self._variables(before)
            else:
                self._operand(sources)

    def _operand(self, sources: set[str]) -> None:
        before, token = self._at, self._advance()
        if token.text == "(":
            self._expression()
            sources |= self._variables(before)
        elif token.kind == "var":
            sources.add(token.text)
            self.facts.uses.setdefault(token.text, set()).update(self._functions)
        elif token.kind in _NODES and self._next.text == "(":
            raise Unread(f"the function {token.text} is not read here")
        elif token.kind == "end" or token.text in ("{", "}", "[", "]", ";"):
            raise Unread(f"{token.text or 'its end'} is not expected")

    def _is_exists(self) -> bool:
        return "EXISTS" in (self._next.text, self._peek(1).text)

    def _variables(self, since: int) -> set[str]:
        return {token.text for token in self._tokens[since : self._at] if token.kind == "var"}

    @contextmanager
    def _inside(self, function: str) -> Iterator[None]:
        self._functions.append(function)
        yield
        self._functions.pop()

    @property
    def _next(self) -> Token:
        return self._peek(0)

    def _peek(self, ahead: int) -> Token:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else _END

    def _advance(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _try(self, text: str) -> bool:
        found = self._next.text == text and self._next.kind in ("word", "sign")
        self._at += found
        return found

    def _take(self, text: str) -> Token:
        token = self._advance()
        if token.text != text or token.kind not in ("word", "sign"):
            raise Unread(f"{text} is missing")
        return token

    def _take_kind(self, kind: str) -> Token:
        token = self._advance()
        if token.kind != kind:
            raise Unread(f"{token.text or 'its end'} is not expected")
        return token
