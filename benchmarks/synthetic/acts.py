"""Courses of acts with their stages, resolutions with their votes, precedents and events."""

import datetime
from collections import Counter
from collections.abc import Iterator
from random import Random

from .actors import ASSEMBLY
from .dates import dated
from .turtle import File, Sink, label
from .world import (
    DAYS,
    World,
    body,
    citation,
    day,
    entity,
    event,
    group,
    process,
    resolution,
    settlement,
    skewed,
    state,
    terms,
    territory,
)

# Kind of act, what it is meant to do, who issues it, its stages in their order.
_COURSE = (
    ("Declaration", "independence", "entity", "drafting adoption"),
    ("Constitution", "self-organisation", "entity", "adoption"),
    ("Referendum", "annexation", "taker", "proposal voting result"),
    ("Treaty", "legal-integration", "taker", "drafting signature ratification"),
    (
        "Statute",
        "legal-integration",
        "taker",
        "approval-lower-house approval-upper-house signature entry-into-force",
    ),
    ("Decree", "mobilisation", "taker", "signature entry-into-force"),
    ("CourtRuling", "annulment", "loser", "request judgment"),
    ("Sanction", "restriction", "other", "proposal adoption entry-into-force"),
)
_OUTCOMES = {"voting": "completed", "proposal": "outcome-unstated", "adoption": "adopted"}
_CHOICES = terms("in-favour in-favour in-favour abstention against not-voting")
_TOTALS = {
    "st:totalInFavour": "stv:in-favour",
    "st:totalAgainst": "stv:against",
    "st:totalAbstaining": "stv:abstention",
    "st:totalNotVoting": "stv:not-voting",
}
_EVENT_KINDS = terms("attack offensive capture withdrawal losses talks protest address recapture")


def act(course: int, number: int) -> str:
    """Name an act of a course; there are as many in each."""
    return f"act:process-{course + 1:03}-act-{number + 1}"


ACTS = len(_COURSE)


def write_acts(world: World, sink: Sink) -> None:
    """Write all files about acts, votes and precedents."""
    for course in range(world.processes):
        with sink.file(f"acts/process-{course + 1:03}.ttl") as file:
            _write_course(world, course, file)
    with sink.file("acts/resolutions.ttl") as file:
        for number in range(world.resolutions):
            _write_resolution(world, number, file)
    for number in range(world.resolutions):
        with sink.file(f"votes/resolution-{number + 1:03}.ttl") as file:
            _write_votes(world, number, file)
    with sink.file("acts/norms.ttl") as file:
        source = ("dcterms:source", citation(0))
        file.add("norm:rule", "st:Norm", label("Rule"), ("st:normIn", resolution(0)), source)
    with sink.file("precedents/precedents.ttl") as file:
        for number in range(world.processes):
            file.add(
                f"act:case-{number + 1:03}",
                "st:TerritorialProcess",
                label(f"Case {number + 1}"),
                ("st:purportedEffect", "stv:annexation"),
                ("st:purportedTerritory", _regions(world, number)),
                ("st:follows", process(number)),
                ("st:answeredBy", resolution(number % world.resolutions)),
                ("dcterms:source", citation(number % world.citations)),
            )


def _sides(world: World, course: int) -> dict[str, str]:
    """Tell who takes part in a course of acts."""
    loser = course % world.states
    return {
        "loser": state(loser),
        "taker": state((loser + 1) % world.states),
        "other": state((loser + 2) % world.states),
        "entity": entity(course % world.entities),
    }


def _regions(world: World, course: int) -> list[str]:
    chance = world.chance("regions", course)
    return [territory(number) for number in chance.sample(range(world.territories), 2)]


def _write_course(world: World, course: int, file: File) -> None:
    sides, regions = _sides(world, course), ("st:purportedTerritory", _regions(world, course))
    file.add(
        process(course),
        "st:TerritorialProcess",
        label(f"Process {course + 1}"),
        ("st:purportedEffect", "stv:annexation"),
        regions,
        ("st:purportedFrom", sides["loser"]),
        ("st:purportedTo", sides["taker"]),
    )
    chance = world.chance("course", course)
    first = chance.randrange(DAYS - 400)
    for number, (kind, effect, issuer, stages) in enumerate(_COURSE):
        file.add(
            act(course, number),
            f"st:{kind}",
            label(f"{kind} {course + 1}"),
            ("st:issuedBy", sides[issuer]),
            ("st:purportedEffect", f"stv:{effect}"),
            regions,
            ("st:partOfProcess", process(course)),
        )
        for step, stage in enumerate(stages.split()):
            start = day(first + 40 * number + 7 * step)
            taker = body(chance.randrange(world.bodies))
            _write_stage(chance, file, act(course, number), stage, taker, start)


def _write_stage(
    chance: Random, file: File, of: str, stage: str, taker: str, start: datetime.date
) -> None:
    file.add(
        f"{of}-{stage}",
        "st:ActStage",
        label(f"{stage} of {of.removeprefix('act:')}"),
        ("st:stageOf", of),
        ("st:stageKind", f"stv:{stage}"),
        ("st:takenBy", taker),
        ("st:outcome", f"stv:{_OUTCOMES.get(stage, 'completed')}"),
        *dated(chance, start, start + datetime.timedelta(days=chance.randrange(3))),
    )


def choices(world: World, number: int) -> list[str]:
    """List how each state voted on a resolution."""
    chance = world.chance("votes", number)
    return [_CHOICES[skewed(chance, len(_CHOICES))] for _ in range(world.states)]


def _write_resolution(world: World, number: int, file: File) -> None:
    chance = world.chance("resolution", number)
    start, counted = day(chance.randrange(DAYS)), Counter(choices(world, number))
    file.add(
        resolution(number),
        "st:Resolution",
        label(f"Resolution {number + 1}"),
        ("st:issuedBy", ASSEMBLY),
        ("st:partOfProcess", process(number % world.processes)),
        *[(total, str(counted[choice])) for total, choice in _totals()],
    )
    _write_stage(chance, file, resolution(number), "adoption", ASSEMBLY, start)


def _totals() -> Iterator[tuple[str, str]]:
    return iter(_TOTALS.items())


def _write_votes(world: World, number: int, file: File) -> None:
    for voter, choice in enumerate(choices(world, number)):
        name = f"resolution-{number + 1:03}-state-{voter + 1:03}"
        file.add(
            f"vote:{name}",
            "st:Vote",
            ("st:voter", state(voter)),
            ("st:votedOn", resolution(number)),
            ("st:choice", choice),
            ("dcterms:source", citation(number % world.citations)),
        )
        if voter % 10 == 0 and choice == "stv:in-favour":
            _write_stance(world, number, voter, file)


def _write_stance(world: World, number: int, voter: int, file: File) -> None:
    """Write the stance that a vote shows, with its one step."""
    chance = world.chance("stance", number, voter)
    name = f"resolution-{number + 1:03}-state-{voter + 1:03}"
    called = label(f"State {voter + 1} on Process {number % world.processes + 1}, as it voted")
    file.add(
        f"stance:{name}",
        "st:Stance",
        called,
        ("st:holder", state(voter)),
        ("st:stanceObject", process(number % world.processes)),
        ("st:position", "stv:rejection"),
    )
    file.add(
        f"step:{name}",
        "st:StanceStep",
        called,
        ("st:stepOf", f"stance:{name}"),
        ("st:stepKind", "stv:taken"),
        ("st:evidence", f"vote:{name}"),
        *dated(chance, day(chance.randrange(DAYS))),
    )


def write_events(world: World, sink: Sink) -> None:
    """Write the events."""
    with sink.file("events/events.ttl") as file:
        for number in range(world.events):
            chance = world.chance("event", number)
            side = skewed(chance, world.states)
            doer = group(side % world.groups) if chance.random() < 0.1 else state(side)
            first = day(chance.randrange(DAYS))
            file.add(
                event(number),
                "st:Event",
                label(f"Event {number + 1}"),
                ("st:eventKind", _EVENT_KINDS[skewed(chance, len(_EVENT_KINDS))]),
                ("st:eventPlace", settlement(skewed(chance, world.settlements))),
                ("st:doneBy", doer),
                *dated(chance, first, first + datetime.timedelta(days=chance.randrange(5))),
            )
