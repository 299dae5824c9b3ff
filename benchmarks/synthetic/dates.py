"""Dates with their ground, as every dated thing of the ontology has them."""

import datetime
from random import Random

from .turtle import Pair, date, text

_GROUNDS = ("explicit", "explicit", "explicit", "inferred", "inferred", "external", "unknown")


def printed(day: datetime.date) -> str:
    """Write a day as an article would."""
    return f"day {day.timetuple().tm_yday} of {day.year}"


def dated(chance: Random, first: datetime.date, last: datetime.date | None = None) -> list[Pair]:
    """Date a thing, on a ground that varies and is always explained."""
    ground = chance.choice(_GROUNDS)
    pairs: list[Pair] = [
        ("st:notBefore", date(first)),
        ("st:notAfter", date(last or first)),
        ("st:dateBasis", f"stv:{ground}"),
    ]
    if ground == "explicit":
        pairs.append(("st:dateAsPrinted", text(printed(first))))
    elif ground in ("inferred", "external"):
        pairs.append(("st:dateNote", text(f"Counted from {printed(first)}, which is printed.")))
    return pairs
