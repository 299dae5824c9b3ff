"""Regular expressions that cannot hang.

pySHACL applies Python's ``re``, and so does this module wherever that is quick for sure.
Other patterns go to pyoxigraph, whose matcher takes linear time, if they are written in
what both understand alike; the rest go to a process of their own, with a deadline.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import pyoxigraph as ox

from .. import processes
from .declarations import InvalidConstraint, Node

DEADLINE = 10.0  # seconds for all values of one pattern
_SHARE = 0.05  # of the time that is left to its shape
_STEPS = 10**7  # of matching; they take Python about a tenth of a second
_ESCAPE_OR_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.S)
_UNBOUNDED = re.compile(r"[*+]|\{\d*,\}|\{\d*,?\d{3,}\}")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_SPECIAL_GROUP = re.compile(r"\(\?(?!:)|\\[1-9]")
# What Python and Rust read alike: no \w, \s or \b, whose characters differ a little.
_COMMON = re.compile(
    r"""(?: [^\\()\[\]{}*+?|^$.]            # a character
          | [.^$|] | \( (?:\?:|(?!\?)) | \)
          | \\ (?:[^\w\s<>] | [dnrt])
          | \[\^? (?: [^\\\[\]&~^-](?:-[^\\\[\]&~^-])? | \\[^\w\s<>] | \\d | -(?=\]) )+ \]
          | (?: [*+?] | \{\d{1,4}(?:,\d{0,4})?\} ) \?? (?![*+?{])
        )*""",
    re.VERBOSE,
)
_TEXT = ox.NamedNode("urn:x-stimson:text")


class TooSlow(Exception):
    """A pattern was not matched in time."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that compiles; `flags` are those of ``re``."""

    text: str
    flags: int

    def match(self, texts: Sequence[str]) -> list[bool]:
        """Tell which texts hold a match, or raise `TooSlow`."""
        longest, search = self._quick_length(), re.compile(self.text, self.flags).search
        slow = list(dict.fromkeys(text for text in texts if len(text) > longest))
        found = dict(zip(slow, self._match_slowly(slow), strict=True)) if slow else {}
        return [found[text] if text in found else search(text) is not None for text in texts]

    def _quick_length(self) -> int:
        """Tell how long a text may be that is matched in few steps, whatever it says."""
        bare = _ESCAPE_OR_CLASS.sub("x", self.text)
        if _REPEATED_GROUP.search(bare) or _SPECIAL_GROUP.search(self.text):
            return -1
        anchored = bare.startswith("^") and "|" not in bare and not self.flags & re.M
        degree = len(_UNBOUNDED.findall(bare)) + (not anchored)
        return int(_STEPS ** (1 / max(degree, 1)))

    def _match_slowly(self, texts: Sequence[str]) -> list[bool]:
        common = not self.flags and is_common(self.text)
        # Before a final line break, $ matches to Python and does not to Rust.
        if common and not any("\n" in text for text in texts):
            found = _match_in_linear_time(self.text, texts)
            if found is not None:
                return found
        return _match_elsewhere(self.text, self.flags, texts)


def read_pattern(text: str, flags: str, shape: Node) -> Pattern:
    """Read a pattern with SHACL's flags, of which pySHACL knows ``i`` and ``m``."""
    marks = flags.lower()
    pattern = Pattern(text, (re.I if "i" in marks else 0) | (re.M if "m" in marks else 0))
    try:
        re.compile(pattern.text, pattern.flags)
    except (re.error, OverflowError, RecursionError) as fault:
        raise InvalidConstraint(shape, f"{text!r} is no regular expression: {fault}") from fault
    return pattern


def is_common(pattern: str) -> bool:
    """Tell whether Python and Rust read a pattern alike."""
    return _COMMON.fullmatch(pattern) is not None


def _match_in_linear_time(pattern: str, texts: Iterable[str]) -> list[bool] | None:
    """Match texts with pyoxigraph; None if it does not read the pattern."""
    quoted = str(ox.Literal(pattern))
    readable = ox.Store().query(
        f"ASK {{ BIND(REGEX('', {quoted}) AS ?read) FILTER(BOUND(?read)) }}"
    )
    if not readable:
        return None
    store = ox.Store()
    numbered = [(ox.NamedNode(f"urn:x-stimson:{n}"), text) for n, text in enumerate(texts)]
    store.extend(ox.Quad(node, _TEXT, ox.Literal(text)) for node, text in numbered)
    query = f"SELECT ?node {{ ?node {_TEXT} ?text FILTER(REGEX(?text, {quoted})) }}"
    rows = store.query(query)
    assert isinstance(rows, ox.QuerySolutions)  # it is a SELECT
    found = {row["node"] for row in rows}
    return [node in found for node, _ in numbered]


def _match_elsewhere(pattern: str, flags: int, texts: Sequence[str]) -> list[bool]:
    """Match texts with Python's ``re`` in a process that can be ended."""
    found = processes.run_one(partial(_match_here, pattern, flags, texts), _SHARE, DEADLINE)
    if isinstance(found, processes.Cut):
        raise TooSlow(f"its pattern {pattern!r} was not matched in time; write it in another way")
    return found


def _match_here(pattern: str, flags: int, texts: Sequence[str]) -> list[bool]:
    search = re.compile(pattern, flags).search
    return [search(text) is not None for text in texts]
