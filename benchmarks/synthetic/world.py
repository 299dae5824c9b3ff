"""How many there are of everything, what each is called, and how chance is dealt out.

Nothing is stored: a thing is its number, and all that is said of it follows from the
seed and that number. So memory does not grow, and a thing can be spoken of before it is
written or long after.
"""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TypeVar

FIRST_DAY = datetime.date(2010, 1, 1)
DAYS = 5000  # that the sources are spread over

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class World:
    """The size of a synthetic world of about `triples` triples."""

    triples: int
    seed: int

    def chance(self, *parts: object) -> Random:
        """Deal out chance for one thing, the same on every run and in any order."""
        # A text is hashed by SHA-512 there, whatever PYTHONHASHSEED says.
        return Random("/".join(str(part) for part in (self.seed, *parts)))

    @cached_property
    def states(self) -> int:
        """The states; there are never more than exist."""
        return min(190, 6 + math.isqrt(self.triples) // 8)

    @cached_property
    def entities(self) -> int:
        """The self-proclaimed entities."""
        return 1 + self.triples // 50_000

    @cached_property
    def bodies(self) -> int:
        """The organs of states and entities."""
        return 4 + self.triples // 4000

    @cached_property
    def outlets(self) -> int:
        """The publishers."""
        return 2 + math.isqrt(self.triples) // 40

    @cached_property
    def groups(self) -> int:
        """The groups of states."""
        return 2 + math.isqrt(self.triples) // 150

    @cached_property
    def persons(self) -> int:
        """The persons."""
        return 6 + self.triples // 900

    @cached_property
    def unidentified(self) -> int:
        """The speakers whom nobody names."""
        return 1 + self.triples // 20_000

    @cached_property
    def territories(self) -> int:
        """The regions."""
        return 3 + math.isqrt(self.triples) // 20

    @cached_property
    def settlements(self) -> int:
        """The settlements."""
        return 8 + self.triples // 2000

    @cached_property
    def processes(self) -> int:
        """The courses of acts that purport to change the status of regions."""
        return 1 + self.triples // 30_000

    @cached_property
    def resolutions(self) -> int:
        """The resolutions that were voted on."""
        return 1 + self.triples // 40_000

    @cached_property
    def events(self) -> int:
        """The events."""
        return 6 + self.triples // 1000

    @cached_property
    def citations(self) -> int:
        """The works that are cited and not read."""
        return 2 + self.triples // 20_000

    def settlements_of(self, territory: int) -> range:
        """List the settlements of a region."""
        return range(territory, self.settlements, self.territories)


def state(number: int) -> str:
    """Name a state."""
    return f"state:state-{number + 1:03}"


def entity(number: int) -> str:
    """Name a self-proclaimed entity."""
    return f"organization:entity-{number + 1:03}"


def body(number: int) -> str:
    """Name an organ."""
    return f"organization:body-{number + 1:04}"


def outlet(number: int) -> str:
    """Name a publisher."""
    return f"organization:outlet-{number + 1:03}"


def group(number: int) -> str:
    """Name a group."""
    return f"organization:group-{number + 1:02}"


def person(number: int) -> str:
    """Name a person."""
    return f"person:speaker-{number + 1:04}"


def unidentified(number: int) -> str:
    """Name an unidentified actor."""
    return f"person:unnamed-{number + 1:03}"


def territory(number: int) -> str:
    """Name a region."""
    return f"territory:region-{number + 1:03}"


def settlement(number: int) -> str:
    """Name a settlement."""
    return f"place:settlement-{number + 1:04}"


def process(number: int) -> str:
    """Name a course of acts."""
    return f"act:process-{number + 1:03}"


def resolution(number: int) -> str:
    """Name a resolution."""
    return f"act:resolution-{number + 1:03}"


def event(number: int) -> str:
    """Name an event."""
    return f"event:event-{number + 1:05}"


def citation(number: int) -> str:
    """Name a cited work."""
    return f"citation:work-{number + 1:03}"


def day(number: int) -> datetime.date:
    """The day so many days after the first."""
    return FIRST_DAY + datetime.timedelta(days=number)


def skewed(chance: Random, count: int) -> int:
    """Choose one of `count`: the nth is chosen about 1/n times as often as the first (Zipf)."""
    return min(count, int((count + 1) ** chance.random())) - 1


def one_of(chance: Random, things: Sequence[Thing]) -> Thing:
    """Choose one thing, the first ones far more often."""
    return things[skewed(chance, len(things))]


def terms(names: str) -> tuple[str, ...]:
    """Write names divided by spaces as concepts of our vocabularies."""
    return tuple(f"stv:{name}" for name in names.split())
