"""Constraints on the text of each value node (https://www.w3.org/TR/shacl/#core-components-string)."""

from collections import Counter
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from typing import Self

import pyoxigraph as ox

from ...rdf import Index
from ..declarations import (
    Node,
    at_most_one,
    component_iri,
    one,
    read_list,
    sh,
    string,
    truth,
    whole,
)
from ..regex import Pattern, TooSlow, read_pattern
from ..shape_model import (
    EachFocus,
    EachValue,
    Evaluation,
    Find,
    Judge,
    Violation,
    one_by_one,
)


@dataclass(frozen=True, eq=False)
class MinLength(EachValue):
    """Each value node is written with at least so many characters; no blank node is."""

    length: int
    component = component_iri("MinLength")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:minLength."""
        return [cls(whole(one(shapes, shape, sh("minLength")), shape))]

    def _judge(self, evaluation: Evaluation) -> Judge:
        def test(value: int) -> bool:
            term = evaluation.data.term(value)
            if self.length == 0:
                return True
            return not isinstance(term, ox.BlankNode) and len(term.value) >= self.length

        return one_by_one(test)

    def __str__(self) -> str:
        return f"The value is shorter than {self.length} characters."


@dataclass(frozen=True, eq=False)
class MaxLength(EachValue):
    """Each value node is written with at most so many characters; no blank node is."""

    length: int
    component = component_iri("MaxLength")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:maxLength."""
        return [cls(whole(one(shapes, shape, sh("maxLength")), shape))]

    def _judge(self, evaluation: Evaluation) -> Judge:
        def test(value: int) -> bool:
            term = evaluation.data.term(value)
            return not isinstance(term, ox.BlankNode) and len(term.value) <= self.length

        return one_by_one(test)

    def __str__(self) -> str:
        return f"The value is longer than {self.length} characters."


@dataclass(frozen=True, eq=False)
class Matches(EachValue):
    """Each value node is written as a regular expression demands; no blank node is."""

    pattern: Pattern
    shape: Node
    component = component_iri("Pattern")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every sh:pattern, with sh:flags."""
        flags = at_most_one(shapes, shape, sh("flags"))
        marks = "" if flags is None else string(flags, shape)
        found = shapes.objects(shape, sh("pattern"))
        return [cls(read_pattern(string(each, shape), marks, shape), shape) for each in found]

    def _judge(self, evaluation: Evaluation) -> Judge:
        view = evaluation.data

        def judge(values: Collection[int]) -> Set[int]:
            terms = ((value, view.term(value)) for value in values)
            texts = {
                value: term.value for value, term in terms if not isinstance(term, ox.BlankNode)
            }
            try:
                matches = self.pattern.match(list(texts.values()))
            except TooSlow as fault:
                evaluation.report(self.shape, str(fault))
                return set()
            return set(values) - {value for value, met in zip(texts, matches, strict=True) if met}

        return judge

    def __str__(self) -> str:
        return f"The value does not match the pattern {self.pattern.text}"


@dataclass(frozen=True, eq=False)
class LanguageIn(EachValue):
    """Each value node is text in one of some languages.

    A tag of several parts counts as its first part, too.
    """

    languages: frozenset[str]
    component = component_iri("LanguageIn")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:languageIn."""
        members = read_list(shapes, one(shapes, shape, sh("languageIn")), shape)
        return [cls(frozenset(string(each, shape).lower() for each in members))]

    def _judge(self, evaluation: Evaluation) -> Judge:
        def test(value: int) -> bool:
            term = evaluation.data.term(value)
            if not isinstance(term, ox.Literal) or not term.language:
                return False
            tag = term.language.lower()
            return not self.languages.isdisjoint((tag, tag.split("-")[0], "*"))

        return one_by_one(test)

    def __str__(self) -> str:
        return f"The language of the value is none of {', '.join(sorted(self.languages))}."


@dataclass(frozen=True, eq=False)
class UniqueLang(EachFocus):
    """No two value nodes share a language; there is a result for each language they share."""

    holds: bool
    component = component_iri("UniqueLang")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:uniqueLang."""
        return [cls(truth(one(shapes, shape, sh("uniqueLang")), shape))]

    def _find(self, evaluation: Evaluation) -> Find:
        term, holds = evaluation.data.term, self.holds

        def find(focus: int, values: Sequence[int]) -> list[Violation]:
            if not holds or len(values) < 2:
                return []
            terms = (term(value) for value in values)
            tags = (each.language for each in terms if isinstance(each, ox.Literal))
            shared = Counter(tag.lower() for tag in tags if tag)
            return [Violation(focus) for count in shared.values() if count > 1]

        return find

    def __str__(self) -> str:
        return "Several values are in the same language."
