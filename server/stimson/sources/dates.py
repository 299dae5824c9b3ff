"""The date of a thing: its bounds, and on what ground they rest."""

from dataclasses import dataclass
from datetime import date as Day
from typing import Literal, get_args

import pyoxigraph as ox

from ..errors import InvalidParameter
from ..rdf import named
from ..rdf.turtle.blocks import NamedValues, date
from .gaps import gap

Basis = Literal["explicit", "inferred", "external", "unknown"]
BASES: tuple[Basis, ...] = get_args(Basis)


@dataclass(frozen=True, slots=True)
class Dating:
    """What a contributor says of a date; what is not said becomes a gap."""

    first: str | None = None
    last: str | None = None
    basis: Basis = "explicit"
    printed: str | None = None
    note: str | None = None

    def properties(self, language: str) -> tuple[NamedValues, ...]:
        """Write the date as properties; the source is in `language`."""
        basis: NamedValues = ("st:dateBasis", [named(f"stv:{self.basis}")])
        if self.basis == "unknown":
            return (basis, *self._reasons(language))
        first, last = _day(self.first), _day(self.last or self.first)
        if first and last and first.value > last.value:
            raise InvalidParameter(f"{first.value} comes after {last.value}; exchange the two.")
        return (
            ("st:notBefore", [first or gap("first day that it can be")]),
            ("st:notAfter", [last or gap("last day that it can be")]),
            basis,
            *self._reasons(language),
        )

    def _reasons(self, language: str) -> tuple[NamedValues, ...]:
        """Give the words of the source, and the reasoning, where the basis demands them."""
        printed = ox.Literal(self.printed, language=language) if self.printed else None
        note = ox.Literal(self.note, language="en") if self.note else None
        asked = gap("date as printed"), gap("how the date was found")
        printed_or_gap = printed or (asked[0] if self.basis == "explicit" else None)
        note_or_gap = note or (asked[1] if self.basis in ("inferred", "external") else None)
        return (
            ("st:dateAsPrinted", [printed_or_gap] if printed_or_gap else []),
            ("st:dateNote", [note_or_gap] if note_or_gap else []),
        )


def _day(text: str | None) -> ox.Literal | None:
    if text is None:
        return None
    try:
        return date(Day.fromisoformat(text).isoformat())
    except ValueError as fault:
        raise InvalidParameter(f"{text!r} is no day; write it as 2022-09-30.") from fault
