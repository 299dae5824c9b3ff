"""Ask the index: which things a search means, best first, and how many of which kind.

Things come in tiers: those that bear the name or the code, those with a name that begins so, those
with all words in their names, in what they say, in notes on them. Within the tiers of names
the kinds come in their order; records come after all things. Where very many are found, they
come by kind and title.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from rapidfuzz import fuzz, process

from ..errors import SearchUnavailable
from ..reconcile.normalization import readings
from .search_results import KIND_BITS, FoundThing, KindCount, SearchResult, find_by_iri, read_thing
from .thing_kinds import KINDS, NUMBERS
from .word_forms import SearchWord, beginning_forms, read_search, whole_forms

_SECONDS = 2.0  # spent on one search at most; ordinary ones take a hundredth
_STEPS = 5000  # of SQLite between two looks at the clock
_RANKED = 3000  # things that are ranked one by one
_BEST = 200  # that bear the name, or one that begins so
_SENTENCES = frozenset(NUMBERS[name] for name in ("statement", "quotation", "claim", "conflict"))
_NAMED, _PRINTED, _BEGINS, _BEGINS_PRINTED, _IN_NAME, _IN_WORDS, _IN_NOTES = range(7)  # tiers
_ALL = ("names", "texts", "notes")
_LAST = "\U0010ffff"
_ALIKE = 70  # of 100
_OFFERED = 3
_SHORT = 3  # letters; shorter words are not guessed at


def open_read_only(file: Path) -> sqlite3.Connection:
    """Open an index; nobody changes it while it is there."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


class SearchIndex:
    """An index file, opened for each search anew: that takes less than a millisecond."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._vocabulary: list[str] | None = None

    def find(self, text: str, kind: str = "", page: int = 1, count: int = 20) -> SearchResult:
        """Find what a text means, or raise `InvalidSearch`; without words, list a kind."""
        with self._open() as index:
            if (named := find_by_iri(index, text, kind)) is not None:
                return named
            result = SearchResult((), 0)
            for reading in readings(text):
                words = read_search(reading)
                result = _Search(index, reading, words, kind).page(page, count)
                if result.total:
                    return result
            if result.words and not result.counts:
                return self._explain(index, result)
            return result

    def kinds(self) -> list[KindCount]:
        """Count all things by kind."""
        with self._open() as index:
            rows = index.execute("SELECT number, things FROM kind ORDER BY number")
            return [KindCount(KINDS[number], things) for number, things in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        end = time.monotonic() + _SECONDS
        try:
            with closing(open_read_only(self._file)) as index:
                index.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
                yield index
        except sqlite3.OperationalError as fault:
            if "interrupted" in str(fault):
                raise SearchUnavailable(
                    "This search takes too long: use other words, or fewer."
                ) from fault
            raise SearchUnavailable(f"The index cannot be read: {fault}.") from fault

    def _explain(self, index: sqlite3.Connection, result: SearchResult) -> SearchResult:
        """Say which words nothing has, and what may be meant instead; or that none has them all."""
        alone = [(word.text, _count(index, (word,))) for word in result.words]
        meant: list[str] = []
        if any(not number for _, number in alone):
            meant = list(self._meant(index, [word for word, _ in alone], dict(alone)))
        return SearchResult(result.words, 0, meant=tuple(meant), alone=tuple(alone))

    def _meant(
        self, index: sqlite3.Connection, words: list[str], counts: dict[str, int]
    ) -> Iterator[str]:
        """Replace words that nothing has by those most like them, if something is found then."""
        known = self._words(index)
        choices: list[list[str]] = []
        for word in words:
            if counts[word] or len(word) < _SHORT:
                choices.append([word])
                continue
            alike = process.extract(
                word, known, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_OFFERED
            )
            choices.append([each for each, _, _ in alike])
        if not all(choices):
            return
        for place in range(max(map(len, choices))):
            offered = " ".join(each[min(place, len(each) - 1)] for each in choices)
            if _count(index, read_search(offered)):
                yield offered

    def _words(self, index: sqlite3.Connection) -> list[str]:
        """List the words of names and texts, once."""
        if self._vocabulary is None:
            index.execute("CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, word, 'col')")
            rows = index.execute(
                "SELECT DISTINCT term FROM temp.term WHERE col IN ('names', 'texts')"
            )
            self._vocabulary = [term for (term,) in rows if len(term) >= _SHORT]
        return self._vocabulary


class _Search:
    """One search in an open index."""

    def __init__(
        self, index: sqlite3.Connection, text: str, words: tuple[SearchWord, ...], kind: str
    ) -> None:
        self._index = index
        self._text = text
        self._words = words
        number = NUMBERS.get(kind, -1)
        self._range = (0, len(KINDS) << KIND_BITS)
        if number >= 0:
            self._range = (number << KIND_BITS, (number + 1) << KIND_BITS)

    def page(self, number: int, count: int) -> SearchResult:
        """Find one page of the things."""
        if not self._words:
            return SearchResult((), 0) if self._text.strip() else self._listed(number, count)
        rows = self._index.execute(
            f"SELECT rowid >> {KIND_BITS}, COUNT(*) FROM word WHERE word MATCH ? GROUP BY 1",
            (_expression(self._words),),
        )
        kinds = dict(rows)
        total = sum(things for kind, things in kinds.items() if self._is_asked(kind))
        start = count * (number - 1)
        if total > _RANKED:
            shown = self._listed_ids(start, count)
        else:
            shown = self._ranked()[start : start + count] if total else []
        return SearchResult(self._words, total, _counted(kinds), self._things(shown))

    def _is_asked(self, kind: int) -> bool:
        return self._range[0] <= kind << KIND_BITS < self._range[1]

    def _listed(self, number: int, count: int) -> SearchResult:
        """List the things of a kind."""
        counts = dict(self._index.execute("SELECT number, things FROM kind"))
        total = sum(things for kind, things in counts.items() if self._is_asked(kind))
        rows = self._index.execute(
            "SELECT id FROM thing WHERE id >= ? AND id < ? ORDER BY id LIMIT ? OFFSET ?",
            (*self._range, count, count * (number - 1)),
        )
        things = self._things([id for (id,) in rows])
        return SearchResult((), total, _counted(counts), things)

    def _ranked(self) -> list[int]:
        """List all that is found, the best first."""
        tiers = self._tiers()
        rows = self._index.execute(
            "SELECT rowid, bm25(word, 8, 4, 2, 0.5) FROM word"
            " WHERE word MATCH ? AND rowid >= ? AND rowid < ?",
            (_expression(self._words), *self._range),
        )
        ranked = [(self._rank(id, tiers.get(id, _IN_NOTES), score), id) for id, score in rows]
        return [id for _, id in sorted(ranked)]

    def _rank(self, id: int, tier: int, score: float) -> tuple[bool, int, int, float, int]:
        kind = id >> KIND_BITS
        if tier in (_BEGINS, _BEGINS_PRINTED) and kind in _SENTENCES:  # which is no name
            tier = _IN_NAME
        return KINDS[kind].is_minor, tier, kind if tier <= _IN_NAME else 0, score, id

    def _tiers(self) -> dict[int, int]:
        tiers = dict.fromkeys(self._matching(("names", "texts")), _IN_WORDS)
        return tiers | dict.fromkeys(self._matching(("names",)), _IN_NAME) | self._best()

    def _best(self) -> dict[int, int]:
        """Find what goes by this name, or by one that begins so."""
        found: dict[int, int] = {}
        for form in sorted(beginning_forms(self._text)):
            rows = self._index.execute(
                "SELECT thing, weight FROM form WHERE form >= ? AND form < ?"
                " AND thing >= ? AND thing < ? LIMIT ?",
                (form, form + _LAST, *self._range, _BEST),
            )
            for thing, weight in rows:
                found[thing] = min(_BEGINS + weight, found.get(thing, _BEGINS_PRINTED))
        exact = sorted(whole_forms(self._text))
        marks = ", ".join("?" * len(exact))
        rows = self._index.execute(
            f"SELECT thing, MIN(weight) FROM form WHERE form IN ({marks})"
            " AND thing >= ? AND thing < ? GROUP BY thing LIMIT ?",
            (*exact, *self._range, _BEST),
        )
        return found | {thing: _NAMED + weight for thing, weight in rows}

    def _matching(self, columns: Sequence[str]) -> Iterator[int]:
        rows = self._index.execute(
            "SELECT rowid FROM word WHERE word MATCH ? AND rowid >= ? AND rowid < ?",
            (_expression(self._words, columns), *self._range),
        )
        return (id for (id,) in rows)

    def _listed_ids(self, start: int, count: int) -> list[int]:
        """List one page of very many: what goes by the name, then the others by kind and title."""
        tiers = self._best()
        best = self._among(tiers)
        best.sort(key=lambda id: self._rank(id, tiers[id], 0.0))
        left = ", ".join(map(str, best))
        rows = self._index.execute(
            "SELECT rowid FROM word WHERE word MATCH ? AND rowid >= ? AND rowid < ?"
            f" AND +rowid NOT IN ({left}) ORDER BY rowid LIMIT ? OFFSET ?",
            (_expression(self._words), *self._range, count, max(0, start - len(best))),
        )
        others = [id for (id,) in rows]
        return [*best[start : start + count], *others][:count]

    def _among(self, ids: Iterable[int]) -> list[int]:
        """Leave those that have all words."""
        wanted = ", ".join(map(str, ids))
        rows = self._index.execute(
            # The plus has them looked for in what is found, instead of the search done for each.
            f"SELECT rowid FROM word WHERE word MATCH ? AND +rowid IN ({wanted})",
            (_expression(self._words),),
        )
        return [id for (id,) in rows]

    def _things(self, ids: Sequence[int]) -> tuple[FoundThing, ...]:
        return tuple(read_thing(self._index, id) for id in ids)


def _count(index: sqlite3.Connection, words: tuple[SearchWord, ...]) -> int:
    if not words:
        return 0
    counted = "SELECT COUNT(*) FROM word WHERE word MATCH ?"
    (number,) = index.execute(counted, (_expression(words),)).fetchone()
    return int(number)


def _counted(counts: dict[int, int]) -> tuple[KindCount, ...]:
    return tuple(KindCount(KINDS[kind], number) for kind, number in sorted(counts.items()))


def _expression(words: Sequence[SearchWord], columns: Sequence[str] = _ALL) -> str:
    """Write the full-text query for things that have all words: quoted, so that all is text.

    https://www.sqlite.org/fts5.html#full_text_query_syntax
    """
    return " AND ".join(_any_form(word, columns) for word in words)


def _any_form(word: SearchWord, columns: Sequence[str]) -> str:
    among = " ".join(columns)
    forms = [f'{{{among}}} : "{word.text}"']
    if word.is_beginning:
        forms.append(f'{{{among}}} : "{word.stem}" *')
    star = " *" if word.is_skeleton_beginning else ""
    forms += [f'sounds : "{each}"{star}' for each in word.skeletons]
    return f"({' OR '.join(forms)})"
