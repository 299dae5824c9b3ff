"""Names of ours that a query uses and a snapshot does not hold, and what was probably meant.

A query for what does not exist has no rows, which reads as an answer. So it is said: a name of
our namespaces that stands nowhere in the snapshot is reported with the names most like it.
"""

import logging
import re
from collections import defaultdict
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from rapidfuzz import fuzz, process, utils

from .. import names
from ..query_names import UsedName, rough_names, used_names

_log = logging.getLogger(__name__)
_SPACES = (names.ST, names.STV, names.ID, names.GRAPH)
_KNOWN = re.compile(
    rb"<%s((?:ontology#|vocabulary/|id/|graph/)[^>]+)>" % re.escape(names.BASE.encode())
)
_LONG = 32 * 1024  # characters of a query that takes long to read
_PIECE = 256 * 1024  # bytes read at once: other threads have their turn between two pieces
_REPORTED = 10  # names of one query
_MEANT = 3
_ALIKE = 70  # of 100
_WORSE = 5  # than the best, and worth no mention
_COMPARED = 3000  # names that are compared word by word; more only as a whole
_LETTERS = 200  # of a name that is compared
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class UnknownName(NamedTuple):
    """A name that nothing bears: where it is used, and the IRIs that may be meant."""

    used: UsedName
    meant: tuple[str, ...]

    @property
    def said(self) -> str:
        """The same in a sentence."""
        problem = f"{self.used.text} is not in this snapshot of the graph"
        if not self.meant:
            return f"{problem}."
        return f"{problem}; did you mean {' or '.join(map(names.shorten, self.meant))}?"


class KnownNames:
    """The names of ours in the N-Quads of a snapshot, read when the first query asks for one."""

    def __init__(self, dataset: Path) -> None:
        self._dataset = dataset
        self._lock = Lock()
        self._meant = lru_cache(1024)(self._find_meant)

    def may_lack(self, text: str) -> bool:
        """Tell, quickly once the names are read, whether `unknown` is worth asking."""
        return any(not iri or not self._holds(iri) for iri in _checked(text))

    def needs_time(self, text: str) -> bool:
        """Tell whether looking at `text` may take more than a moment."""
        return len(text) > _LONG or (not self._is_read and bool(_checked(text)))

    def unknown(self, text: str) -> list[UnknownName]:
        """List the names of ours that a query uses and the snapshot does not hold, each once."""
        if not self.may_lack(text):
            return []
        found: dict[str, UsedName] = {}
        for used in used_names(text):
            if _is_checked(used.iri) and not self._holds(used.iri):
                found.setdefault(used.iri, used)
        return [
            UnknownName(each, self._meant(each.iri)) for each in list(found.values())[:_REPORTED]
        ]

    def _holds(self, iri: str) -> bool:
        known = self._names if self._is_read else self._all()
        return known is None or iri.removeprefix(names.BASE).encode("utf-8", "replace") in known

    @property
    def _is_read(self) -> bool:
        return "_names" in self.__dict__

    def _all(self) -> frozenset[bytes] | None:
        with self._lock:  # two that come at once read it once
            return self._names

    @cached_property
    def _names(self) -> frozenset[bytes] | None:
        """Read the names; None where there is nothing to read any more, and all count as known."""
        found: set[bytes] = set()
        try:
            with self._dataset.open("rb") as lines:
                while piece := lines.readlines(_PIECE):
                    found.update(_KNOWN.findall(b"".join(piece)))
        except OSError as fault:
            _log.warning("The names of the snapshot cannot be read: %s", fault)
            return None
        return frozenset(found)

    @cached_property
    def _by_space(self) -> dict[str, dict[str, str]]:
        """Sort the IRIs by their namespace, with the words of their local names."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for name in sorted(self._all() or ()):
            iri = names.BASE + name.decode()
            space, local = _parted(iri)
            found[space][iri] = _words(local)
        return found

    def _find_meant(self, iri: str) -> tuple[str, ...]:
        space, local = _parted(iri[:_LETTERS])
        words, near = _words(local), self._by_space.get(space, {})
        scorer = fuzz.WRatio if len(near) <= _COMPARED else fuzz.ratio
        found = process.extract(words, near, scorer=scorer, score_cutoff=_ALIKE, limit=_MEANT)
        best = max((score for _, score, _ in found), default=0)
        alike = [other for other, said in near.items() if _initials(said) == words]
        alike += [other for _, score, other in found if score > best - _WORSE]
        if not alike:  # the same name, of another kind
            kinds = self._by_space.values()
            alike = [other for kind in kinds for other, said in kind.items() if said == words]
        return tuple(dict.fromkeys(alike))[:_MEANT]


def _checked(text: str) -> list[str]:
    """List what may be a name of ours in a query; "" is one that takes a closer look."""
    return [iri for iri in rough_names(text) if not iri or _is_checked(iri)]


def _is_checked(iri: str) -> bool:
    return iri.startswith(_SPACES) and not iri.endswith(("/", "#"))


def _parted(iri: str) -> tuple[str, str]:
    """Part an IRI into its namespace and its local name."""
    at = max(iri.rfind("/"), iri.rfind("#")) + 1
    return iri[:at], iri[at:]


def _words(local: str) -> str:
    return utils.default_process(_HUMP.sub(" ", local).replace("-", " "))


def _initials(words: str) -> str:
    return "".join(word[0] for word in words.split())
