"""The names of one thing: as the graph states them, and as sources print them."""

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from .model import Name, Origin, Thing, Value
from .normalization import Form, forms

_STATED = {
    "rdfs:label": Origin.LABEL,
    "skos:prefLabel": Origin.LABEL,
    "st:officialName": Origin.LABEL,
    "skos:altLabel": Origin.ALTERNATIVE,
    "dcterms:title": Origin.ALTERNATIVE,
}
_PRINTED = "st:nameAsPrinted"
CODES = (
    "dcterms:identifier",
    "st:iso3166Alpha2",
    "st:iso3166Alpha3",
    "st:iso31662Code",
    "st:katottgCode",
    "st:m49Code",
    "st:geonamesId",
)
MAPPED = ("skos:exactMatch", "schema:sameAs")
_RESOLUTION = re.compile(r"([AS])/RES/(.+)")
_BODIES = {"A": "General Assembly", "S": "Security Council"}
_QUALIFIER = re.compile(r"\s*(?:\(|,? as ).*", re.DOTALL)
_PATRONYMIC = re.compile(r"\w(?:ович|евич|йович|івна|овна|евна)$", re.IGNORECASE)
_PERSON = "st:Person"
_KINDS = {"st:Settlement": "settlement", "st:Watercourse": "river"}
_ALIKE = 80  # of 100: two spellings of one name
_MOSTLY = 0.6  # share of the letters
_SMALL = frozenset({"a", "and", "for", "in", "of", "on", "the"})


def names_of(place: int, thing: Thing) -> list[Name]:
    """List the names of the thing that stands at `place` in the index."""
    thing.kinds = frozenset(kind for each, kind in _KINDS.items() if each in thing.types)
    found: dict[Form, Origin] = {}
    for text, origin, language in _stated(thing):
        for form in forms(text, language):
            found.setdefault(form, origin)
    stated = list(found)
    for value in thing.facts.get(_PRINTED, ()):
        for form in forms(value.text, value.language):
            found.setdefault(form, _origin(value.text, form, stated))
    return [Name(place, origin, form) for form, origin in found.items()]


def codes_of(thing: Thing) -> set[str]:
    """List the codes of a thing, identifiers elsewhere included."""
    codes = {value.text for pid in CODES for value in thing.facts.get(pid, ())}
    return codes | {_last(value) for pid in MAPPED for value in thing.facts.get(pid, ())}


def _last(value: Value) -> str:
    return value.text.rpartition("/")[2]


def _stated(thing: Thing) -> Iterator[tuple[str, Origin, str]]:
    """Go through what the graph calls a thing; what is derived from that comes last."""
    stated = [
        (value.text, origin, value.language)
        for pid, origin in _STATED.items()
        for value in thing.facts.get(pid, ())
        if value.kind == "literal"
    ]
    yield from stated
    for text, _, language in stated:
        yield _QUALIFIER.sub("", text), Origin.SHORTENED, language
        if _PERSON in thing.types:
            yield _without_patronymic(text), Origin.SHORTENED, language
    for value in thing.facts.get(CODES[0], ()):
        yield from ((text, Origin.ALTERNATIVE, "en") for text in _resolution(value.text))


def _resolution(symbol: str) -> tuple[str, ...]:
    """Write the symbol of a document of the United Nations as texts write it."""
    if (found := _RESOLUTION.fullmatch(symbol)) is None:
        return ()
    return (f"resolution {found[2]}", f"{_BODIES[found[1]]} resolution {found[2]}")


def _without_patronymic(name: str) -> str:
    words = name.split()
    kept = [word for word in words if not _PATRONYMIC.search(word)]
    return " ".join(kept) if len(words) == 3 and len(kept) == 2 else name


def _origin(text: str, form: Form, stated: list[Form]) -> Origin:
    """Tell a spelling of the name from a part of it, and both from a description."""
    if any(fuzz.ratio(form.core, other.core) >= _ALIKE for other in stated):
        return Origin.PRINTED if any(form.kinds == other.kinds for other in stated) else Origin.PART
    if any(other.words <= form.words for other in stated) or _is_acronym(text, stated):
        return Origin.PRINTED
    if any(form.words <= other.words for other in stated):
        return Origin.PART
    if any(_is_reworded(form, other) for other in stated):
        return Origin.PRINTED
    return Origin.DESCRIPTION


def _is_reworded(form: Form, other: Form) -> bool:
    """Tell whether most of a printed name is in a stated one: the UK Ministry of Defence."""
    common = form.words & other.words
    length = sum(map(len, form.words))
    return len(common) > 1 and sum(map(len, common)) >= _MOSTLY * length


def _is_acronym(text: str, stated: list[Form]) -> bool:
    """Tell whether `text` is made of the first letters of a stated name."""
    letters = text.strip().removeprefix("the ").removeprefix("The ")
    if not letters.isupper() or not letters.isalpha():
        return False
    initials = {
        "".join(word[0] for word in other.plain.split() if word not in _SMALL) for other in stated
    }
    return letters.casefold() in initials
