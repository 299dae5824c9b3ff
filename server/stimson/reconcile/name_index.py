"""Find the few names worth a closer look, in time that grows with the graph and not its square."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from rapidfuzz import fuzz, process

from ..errors import ReconciliationUnavailable
from .gathering import Ask, gather
from .named_things import Catalogue, Name, Thing, local_id
from .normalization import NormalizedName, plain

_SPELLINGS = 40  # names found as another spelling of the whole
_NAMES = 300  # names found by a word they share with the one asked for
_ALIKE = 65  # of 100
_WORD_ALIKE = 85
_WORDS = 12  # of a name asked for; more do not help to find it
_SHORT = 4  # letters; shorter codes count only as they are written
_VALUE_THINGS = 500  # that one value of a property may bring in
_PREFIXED = 200  # suggestions, of which the client is shown one page after another


class NameIndex:
    """A catalogue, with the ways into it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.things = catalogue.things
        self.types = catalogue.types
        self.properties = catalogue.properties
        self._codes = catalogue.codes
        self._positions = {thing.id: position for position, thing in enumerate(self.things)}
        self._by_core: dict[str, list[Name]] = defaultdict(list)
        self._by_word: dict[str, list[Name]] = defaultdict(list)
        self._by_value: dict[str, list[int]] = defaultdict(list)
        for name in catalogue.names:
            self._by_core[name.normalized.core].append(name)
            for word in name.normalized.words:
                self._by_word[word].append(name)
        self._cores, self._words = list(self._by_core), list(self._by_word)
        self._fill_values()
        self._starts = sorted(set(_starts(catalogue)))

    def position(self, id: str) -> int | None:
        """Find a thing by its identifier, its IRI or its prefixed name."""
        return self._positions.get(local_id(id))

    def with_code(self, text: str) -> frozenset[int]:
        """Find the things that bear a code: ISO, KATOTTH, GeoNames, a document's, Wikidata's."""
        code = text.strip()
        known = self._codes.get(code)
        if known is None and len(code) >= _SHORT:
            known = self._codes.get(code.upper())
        return known or frozenset()

    def with_value(self, text: str) -> list[int]:
        """Find the things that have `text` as the value of some property."""
        return self._by_value.get(_key(text), [])[:_VALUE_THINGS]

    def near(self, asked: NormalizedName) -> dict[int, list[Name]]:
        """Find the names that may be the one asked for, by the things that bear them."""
        found: dict[int, list[Name]] = defaultdict(list)
        for name in {id(name): name for name in self._near(asked)}.values():
            found[name.owner].append(name)
        return found

    def starting(self, prefix: str) -> list[Thing]:
        """List the things with a name, or a word in one, that starts like this."""
        position = self.position(prefix)
        owners = dict.fromkeys([] if position is None else [position])
        owners |= dict.fromkeys(sorted(self.with_code(prefix)))
        start = plain(prefix)
        for key, _, owner in self._from(start) if start else ():
            if not key.startswith(start) or len(owners) >= _PREFIXED:
                break
            owners.setdefault(owner)
        return [self.things[owner] for owner in owners]

    def _from(self, start: str) -> Iterable[tuple[str, bool, int]]:
        return self._starts[bisect_left(self._starts, (start, False, -1)) :][: 10 * _PREFIXED]

    def _near(self, asked: NormalizedName) -> Iterator[Name]:
        spelt = process.extract(
            asked.core, self._cores, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_SPELLINGS
        )
        for core, _, _ in spelt:
            yield from self._by_core[core]
        left = _NAMES
        # The rarest words first: half the names have "Russia" in them.
        for word in sorted(self._alike(asked.words), key=lambda each: len(self._by_word[each])):
            yield from self._by_word[word][:left]
            left -= min(left, len(self._by_word[word]))

    def _alike(self, words: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for word in sorted(words, key=len, reverse=True)[:_WORDS]:
            alike = process.extract(
                word, self._words, scorer=fuzz.ratio, score_cutoff=_WORD_ALIKE, limit=3
            )
            found |= {each for each, _, _ in alike}
        return found

    def _fill_values(self) -> None:
        for position, thing in enumerate(self.things):
            keys = {
                _key(text)
                for values in thing.facts.values()
                for value in values
                for text in (value.text, value.id or "", value.text.rpartition("/")[2])
            }
            for key in keys - {""}:
                self._by_value[key].append(position)


def _key(text: str) -> str:
    return text.strip().casefold()


def _starts(catalogue: Catalogue) -> Iterator[tuple[str, bool, int]]:
    """List every name from each of its words on, whether that is an inner one, and its owner."""
    for name in catalogue.names:
        words = name.normalized.plain.split()
        for first in range(len(words)):
            yield " ".join(words[first:]), first > 0, name.owner


class IndexCache:
    """Keeps the index of the snapshot that is served, built when it is first wanted."""

    def __init__(self) -> None:
        self._building = Lock()
        self._matching = Lock()
        self._kept: tuple[str, NameIndex] | None = None

    def index(self, snapshot: str, ask: Ask) -> NameIndex:
        """Find the index of a snapshot; requests that come while it is being built wait for it."""
        with self._building:
            if self._kept is None or self._kept[0] != snapshot:
                self._kept = (snapshot, NameIndex(gather(ask)))
            return self._kept[1]

    @contextmanager
    def batch_lock(self, seconds: float) -> Iterator[None]:
        """Let one batch at a time be matched, or raise `ReconciliationUnavailable`.

        Matching is work for the processor of this very process. Two at once would be no
        faster, and would slow down other requests.
        """
        if not self._matching.acquire(timeout=seconds):
            raise ReconciliationUnavailable("Too many batches are waiting: try again later.")
        try:
            yield
        finally:
            self._matching.release()
