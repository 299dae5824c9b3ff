"""States, entities, bodies, outlets, groups with dated members, persons with posts."""

from collections.abc import Iterator

from .turtle import Pair, Sink, date, label, string, text
from .world import (
    World,
    body,
    citation,
    day,
    entity,
    group,
    outlet,
    person,
    state,
    unidentified,
)

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ASSEMBLY = "organization:assembly"


def side_of(world: World, speaker: int) -> str:
    """Tell for which state or entity a person speaks."""
    number = speaker % (world.states + world.entities)
    return state(number) if number < world.states else entity(number - world.states)


def write_actors(world: World, sink: Sink) -> None:
    """Write all files about actors."""
    _write_states(world, sink)
    _write_organizations(world, sink)
    _write_groups(world, sink)
    _write_persons(world, sink)
    _write_posts(world, sink)


def _write_states(world: World, sink: Sink) -> None:
    with sink.file("actors/states.ttl") as file:
        for number in range(world.states):
            one, two = divmod(number, 26)
            file.add(
                state(number),
                "st:State",
                label(f"State {number + 1}", uk=f"Держава {number + 1}"),
                ("st:officialName", text(f"The Synthetic State {number + 1}")),
                # Codes that begin with X are never given to a country.
                ("st:iso3166Alpha3", string(f"X{_LETTERS[one]}{_LETTERS[two]}")),
            )
    with sink.file("actors/entities.ttl") as file:
        for number in range(world.entities):
            name = label(f"Entity {number + 1}", uk=f"Утворення {number + 1}")
            file.add(entity(number), "st:ContestedEntity", name)
        until = ("st:until", date(day(0)))
        file.add("state:former", "st:FormerState", label("Former state"), until)
        file.add("organization:movement", "st:Movement", label("Movement"))
        file.add(
            "designation:entity",
            "st:Designation",
            label("the entity, as a state calls it"),
            ("st:designates", entity(0)),
            ("st:designationText", text("the province")),
            ("st:accordingTo", state(0)),
            ("dcterms:source", citation(0)),
        )


def _write_organizations(world: World, sink: Sink) -> None:
    with sink.file("actors/organizations.ttl") as file:
        file.add(ASSEMBLY, "st:Organization", label("Assembly of the synthetic states"))
        for number in range(world.bodies):
            owner = ("st:organOf", side_of(world, number))
            file.add(body(number), "st:Organization", label(f"Body {number + 1}"), owner)
        for number in range(world.outlets):
            file.add(outlet(number), "st:Organization", label(f"Outlet {number + 1}"))


def members_of(world: World, number: int) -> list[int]:
    """List the states that are, or were, in a group."""
    chance = world.chance("group", number)
    size = chance.randint(3, max(4, min(25, world.states // 2)))
    return sorted(chance.sample(range(world.states), size))


def _write_groups(world: World, sink: Sink) -> None:
    with sink.file("actors/groups.ttl") as file:
        for number in range(world.groups):
            file.add(group(number), "st:Group", label(f"Group {number + 1}"))
    with sink.file("actors/memberships.ttl") as file:
        for number in range(world.groups):
            for member in members_of(world, number):
                file.add(
                    f"membership:group-{number + 1:02}-state-{member + 1:03}",
                    "st:Membership",
                    label(f"State {member + 1} in Group {number + 1}"),
                    ("st:member", state(member)),
                    ("st:memberOf", group(number)),
                    *_time(world, number, member),
                    ("dcterms:source", citation(member % world.citations)),
                )


def _time(world: World, number: int, member: int) -> Iterator[Pair]:
    """Most joined long ago; some joined, and some left, while the sources were written."""
    chance = world.chance("membership", number, member)
    since = chance.randint(-8000, 1500)
    yield "st:since", date(day(since))
    if chance.random() < 0.15:
        yield "st:until", date(day(chance.randint(max(since, 0) + 1, 4500)))


def _write_persons(world: World, sink: Sink) -> None:
    with sink.file("actors/persons.ttl") as file:
        for number in range(world.persons):
            name = f"{number + 1:04}"
            file.add(person(number), "st:Person", label(f"Speaker {name}", uk=f"Речник {name}"))
    with sink.file("actors/unidentified.ttl") as file:
        for number in range(world.unidentified):
            name = f"unnamed official {number + 1}"
            file.add(unidentified(number), "st:UnidentifiedActor", label(name))
    with sink.file("actors/hypotheses.ttl") as file:
        for number in range(world.unidentified):
            candidates = [person(number % world.persons), unidentified(number)]
            reason = ("st:reason", text("Both are said to have spoken on the same day."))
            name = f"hypothesis:unnamed-{number + 1:03}"
            file.add(name, "st:IdentityHypothesis", ("st:candidate", candidates), reason)


def _write_posts(world: World, sink: Sink) -> None:
    with sink.file("actors/posts.ttl") as file:
        for number in range(world.bodies):
            name = f"post:head-of-body-{number + 1:04}"
            place = ("st:postIn", body(number))
            file.add(name, "st:Post", label(f"head of Body {number + 1}"), place)
            holder, since = number % world.persons, world.chance("tenure", number).randint(0, 2000)
            file.add(
                f"tenure:body-{number + 1:04}",
                "st:Tenure",
                label(f"Speaker {holder + 1:04}, head of Body {number + 1}"),
                ("st:tenureOf", person(holder)),
                ("st:tenureIn", name),
                ("st:since", date(day(since))),
                ("st:until", date(day(since + 1400))),
            )


def write_citations(world: World, sink: Sink) -> None:
    """Write the works that are cited and not read."""
    with sink.file("sources/citations.ttl") as file:
        for number in range(world.citations):
            title = ("dcterms:bibliographicCitation", string(f"Register {number + 1}, page 1"))
            file.add(citation(number), "st:Citation", label(f"Register {number + 1}"), title)
