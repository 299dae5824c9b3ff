"""Sources, one file each: what was said in them, by whom, in which words and manner."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .actors import side_of
from .article import Article, Span, phrase
from .claims import Claims
from .dates import dated, printed
from .passages import write_passage, write_quotation
from .turtle import File, Pair, Sink, date, label, string, text
from .world import (
    DAYS,
    World,
    day,
    group,
    one_of,
    outlet,
    person,
    process,
    skewed,
    terms,
    unidentified,
)

_FEWEST = 2  # sources: some things need another to differ from
_LEAST = 2  # statements of a source: the headline and what it restates
_MANNERS = ("direct", "indirect", "narrated", "mixed")
_MEDIA = terms("medium-unstated press-briefing written-statement speech televised-address article")
_SPEECH_ACTS = terms("assertion denial announcement condemnation-act demand prediction report")
_POSITIONS = terms("non-recognition condemnation rejection support-for-change recognition unclear")
_DAMAGES = terms("typing-error missing-date missing-words machine-translation")
_VERBS = ("said", "added", "told reporters", "insisted")

Extra = Callable[[Article, File], Callable[[], None]]


@dataclass(frozen=True)
class Said:
    """A statement as it stands in the text; `quoted` is where its words stand, if any."""

    speaker: str
    side: str
    printed: str
    manner: str
    span: Span
    quoted: Span | None


@dataclass(frozen=True)
class Source:
    """A source that is being written."""

    number: int
    chance: Random
    first: datetime.date
    article: Article
    file: File

    @property
    def name(self) -> str:
        """The source as other things refer to it."""
        return f"source:{name_of(self.number)}"


def name_of(number: int) -> str:
    """Call a source by its number."""
    return f"source-{number + 1:05}"


class Sources:
    """Writes sources until there are enough triples."""

    def __init__(self, world: World, sink: Sink, texts: Path | None = None) -> None:
        self._world, self._sink, self._texts = world, sink, texts
        self._claims = Claims(world)
        # What adds faults to the first source, where they are wanted.
        self.extra: Extra | None = None

    def write_all(self) -> None:
        """Write one source after another."""
        number = 0
        while number < _FEWEST or self._sink.triples < self._world.triples:
            self._write(number)
            number += 1

    def _write(self, number: int) -> None:
        chance = self._world.chance("source", number)
        first = day(chance.randrange(DAYS))
        article = Article()
        title = f"Report {number + 1}: {phrase(chance, 4, 9)}"
        article.write(f"{title}\n{printed(first).capitalize()}\n\n")
        said = [self._say(chance, article) for _ in range(chance.randint(3, 20))]
        with self._sink.file(f"sources/{name_of(number)}.ttl") as file:
            plant = self.extra(article, file) if self.extra and number == 0 else None
            source = Source(number, chance, first, article, file)
            self._write_source(source, title)
            for place, each in enumerate(said):
                if place >= _LEAST and self._sink.triples >= self._world.triples:
                    break
                self._write_statement(source, f"{name_of(number)}-{place + 1:02}", each)
            if plant:
                plant()
        if self._texts:
            path = self._texts / f"{name_of(number)}.txt"
            path.write_text(article.text, encoding="utf-8", newline="\n")

    def _say(self, chance: Random, article: Article) -> Said:
        """Add a sentence in some manner to the text."""
        manner = _MANNERS[skewed(chance, len(_MANNERS))]
        speaker, side, name = self._speaker(chance, manner)
        words, verb = phrase(chance, 5, 18), chance.choice(_VERBS)
        start, quoted = article.write(""), None
        if manner == "direct":
            article.write("“")
            quoted = article.write(f"{words.capitalize()},")
            end = article.write(f"” {verb} {name}.")
        elif manner == "mixed":
            article.write(f"{name} {verb} that {phrase(chance, 3, 6)} “")
            quoted = article.write(words)
            end = article.write("”.")
        elif chance.random() < 0.08:  # words kept at a distance
            article.write(f"{name} {verb} that “")
            quoted = article.write(phrase(chance, 1, 2))
            end = article.write(f"” {words}.")
        else:
            end = article.write(f"{name} {verb} that {words}.")
        article.write(chance.choice((" ", "\n", "\n\n")) + phrase(chance, 2, 12).capitalize())
        article.write(".\n")
        return Said(speaker, side, name, manner, Span(start.start, end.end), quoted)

    def _speaker(self, chance: Random, manner: str) -> tuple[str, str, str]:
        """Choose who speaks, for whom, and how the text names the speaker."""
        world, lot = self._world, chance.random()
        number = skewed(chance, world.persons)
        side = side_of(world, number)
        if manner == "narrated":
            press = skewed(chance, world.outlets)
            return outlet(press), side, f"Outlet {press + 1}"
        if lot < 0.08:
            club = skewed(chance, world.groups)
            return group(club), side, f"Group {club + 1}"
        if lot < 0.12:
            return unidentified(skewed(chance, world.unidentified)), side, "an unnamed official"
        return person(number), side, f"Speaker {number + 1:04}"

    def _write_source(self, source: Source, title: str) -> None:
        chance, name = source.chance, name_of(source.number)
        copied, damaged = chance.random() < 0.15, chance.random() < 0.2
        source.file.add(
            source.name,
            "st:Source",
            label(title),
            ("dcterms:identifier", string(name)),
            ("st:textSha256", string(source.article.sha256)),
            ("dcterms:title", text(title)),
            ("dcterms:publisher", outlet(skewed(chance, self._world.outlets))),
            ("dcterms:creator", person(skewed(chance, self._world.persons))),
            ("st:originalAgency", [outlet(0)] if copied else []),
            ("dcterms:language", string("en")),
            ("st:damage", [one_of(chance, _DAMAGES)] if damaged else []),
            ("st:recordedOn", date(day(DAYS + source.number % 500))),
            *dated(chance, source.first),
        )

    def _write_statement(self, source: Source, name: str, said: Said) -> None:
        chance, file = source.chance, source.file
        write_passage(file, name, source.name, said.span)
        _write_words(source, name, said)
        earliest = source.first - datetime.timedelta(days=skewed(chance, 4))
        headline, body = f"{name_of(source.number)}-01", f"{name_of(source.number)}-02"
        file.add(
            f"statement:{name}",
            "st:Statement",
            label(f"{said.printed}, {name}"),
            *self._statement(chance, said, source.name, name),
            ("st:restates", [f"statement:{body}"] if name == headline else []),
            *dated(chance, earliest, source.first),
        )
        for letter in "abc"[: 1 + skewed(chance, 3)]:
            self._claims.write(chance, file, f"{name}{letter}", f"statement:{name}", said.side)
        self._write_stance(source, name, said)
        if chance.random() < 0.3:
            _write_mention(source, name, said)

    def _statement(self, chance: Random, said: Said, source: str, name: str) -> Iterator[Pair]:
        """Say how a statement was made and where it is read."""
        relayed = chance.random() < 0.15
        yield "st:speaker", said.speaker
        yield "st:onBehalfOf", [] if said.speaker.startswith("organization:") else [said.side]
        yield "st:relayedBy", [outlet(skewed(chance, self._world.outlets))] if relayed else []
        yield "st:capacity", [text("official")] if chance.random() < 0.2 else []
        yield "st:manner", f"stv:{said.manner}"
        yield "st:medium", one_of(chance, _MEDIA)
        yield "st:platform", "stv:platform-unstated"
        yield "st:speechAct", [one_of(chance, _SPEECH_ACTS), one_of(chance, _SPEECH_ACTS)]
        yield "st:gist", text(f"{said.printed} speaks of what {name} is about.")
        yield "st:readIn", source
        yield "st:passage", f"passage:{name}"
        yield "st:quotes", [f"quotation:{name}"] if said.quoted else []

    def _write_stance(self, source: Source, name: str, said: Said) -> None:
        """A group always takes a stance, a person's side now and then, an outlet never."""
        chance, club = source.chance, said.speaker.startswith("organization:group")
        if said.manner == "narrated" or not (club or chance.random() < 0.12):
            return
        course = skewed(chance, self._world.processes)
        called = label(f"Stance {name} on Process {course + 1}")
        source.file.add(
            f"stance:{name}",
            "st:Stance",
            called,
            ("st:holder", said.speaker if club else said.side),
            ("st:stanceObject", process(course)),
            ("st:position", one_of(chance, _POSITIONS)),
        )
        source.file.add(
            f"step:{name}",
            "st:StanceStep",
            called,
            ("st:stepOf", f"stance:{name}"),
            ("st:stepKind", "stv:taken"),
            ("st:evidence", f"statement:{name}"),
            *dated(chance, source.first),
        )


def _write_words(source: Source, name: str, said: Said) -> None:
    """Write what a statement quotes, if anything; indirect speech keeps its words at a distance."""
    if said.quoted:
        kinds = {"direct": "sentence", "mixed": "fragment"}
        kind = kinds.get(said.manner, "scare-quote")
        write_quotation(source.file, name, source.name, source.article.quote(said.quoted), kind)


def _write_mention(source: Source, name: str, said: Said) -> None:
    source.file.add(
        f"mention:{name}",
        "st:Mention",
        ("st:mentionOf", said.speaker),
        ("st:mentionedIn", source.name),
        ("st:nameAsPrinted", text(said.printed)),
    )


def write_silences(world: World, sink: Sink) -> None:
    """Write who was searched for a stance in vain."""
    with sink.file("stances/none-found.ttl") as file:
        for number in range(world.states // 4):
            file.add(
                f"stance:none-{number + 1:03}",
                "st:NoStanceRecord",
                label(f"no stance of State {number + 1} found"),
                ("st:holder", f"state:state-{number + 1:03}"),
                ("st:stanceObject", process(number % world.processes)),
                ("st:asOf", date(day(DAYS))),
                ("st:searched", f"source:{name_of(0)}"),
            )
