"""What the address of a view says: a day, and choices among what the graph holds.

Nothing is guessed and nothing is passed over: what the view does not know is an error that says
what there is, since a view of nothing would read as an answer.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request

from ... import names, parameter_values
from ...errors import InvalidParameter, UnknownValue
from ...parameter_values import ParameterValues
from ...queries import Parameter
from ..sparql.term_view import view_result_term

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FEW = 15  # values that an error can list
_DATE = f"{names.PREFIXES['xsd']}date"


class Option(NamedTuple):
    """One value of a list to choose from."""

    value: str
    label: str
    is_chosen: bool


def refuse_others(known: Iterable[str]) -> None:
    """Raise `InvalidParameter` if the address has a parameter that the view does not know."""
    known = list(known)
    for name in request.args:
        if name not in known:
            raise InvalidParameter(
                f"There is no parameter {name!r} here. Those there are: {', '.join(known)}."
            )


def read_day(name: str) -> str:
    """Read a day; empty where none is given."""
    text = request.args.get(name, "").strip()
    if not text:
        return ""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise InvalidParameter(f"{name}={text!r} is no day: write year, month, day, as 2022-10-12.")


def read_page(last: int) -> int:
    """Read the number of a page; the first where none is given."""
    text = request.args.get("page", "").strip() or "1"
    if text.isascii() and text.isdecimal() and len(text) < 7 and 1 <= int(text) <= last:
        return int(text)
    raise InvalidParameter(f"page={text!r}: the pages are 1 to {last}.")


def read_word(name: str, words: Mapping[str, str]) -> str:
    """Read one of a few words; empty where none is given."""
    text = request.args.get(name, "").strip()
    if not text or text in words:
        return text
    meant = get_close_matches(text, words, 1)
    hint = f" Did you mean {meant[0]}?" if meant else ""
    raise InvalidParameter(f"{name}={text!r} is not one of {', '.join(words)}.{hint}")


def read_thing(name: str, labels: Mapping[str, str], kind: str) -> str:
    """Read a thing by IRI, prefixed name or label; empty where none is given."""
    text = request.args.get(name, "").strip()
    if not text:
        return ""
    known = ParameterValues(dict(labels))
    for iri, label in labels.items():
        slug = iri.rpartition("/")[2].casefold()
        for written in (label.casefold(), slug, slug.replace("-", " ")):
            known.by_name[written].add(iri)
            for word in written.split():
                known.by_word[word].add(iri)
    try:
        return parameter_values.resolve(Parameter(name, "iri", kind, "", ""), text, known)
    except UnknownValue as fault:
        if fault.meant or len(labels) > _FEW:
            raise
        meant = known.choices
        offered = ", ".join(f"{each.short} ({each.label})" for each in meant)
        raise UnknownValue(f"{fault} There are: {offered}.", meant) from None


def options(labels: Mapping[str, str], chosen: str) -> list[Option]:
    """Write things as a list to choose from, by label."""
    found = [Option(short(iri), label, iri == chosen) for iri, label in labels.items()]
    return sorted(found, key=lambda option: (option.label.casefold(), option.value))


def word_options(words: Mapping[str, str], chosen: str) -> list[Option]:
    """Write words as a list to choose from."""
    return [Option(word, label, word == chosen) for word, label in words.items()]


def short(iri: str) -> str:
    """Write an IRI as one types it."""
    return names.shorten(iri).removeprefix("<").removesuffix(">")


def address(path: str, given: Mapping[str, str], **changed: str) -> str:
    """Write an address of a view, without parameters that are empty."""
    pairs = {name: value for name, value in {**given, **changed}.items() if value}
    return f"{path}?{urlencode(pairs, safe=':')}" if pairs else path


def written(day: Any) -> str:
    """Write a day as people do."""
    return (
        view_result_term({"type": "literal", "value": day, "datatype": _DATE}).text if day else ""
    )


def between(start: str, end: str) -> str:
    """Write a time between bounds as people do; an empty one is open."""
    first, last = written(start), written(end)
    if first and first == last:
        return first
    if first and last:
        return f"between {first} and {last}"
    if last:
        return f"by {last}, no first day known"
    return f"from {first}, no last day known" if first else "no date recorded"
