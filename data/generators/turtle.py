"""Turtle in house format: what turtlefmt would write, so that it changes nothing."""

import re
from collections.abc import Iterable

ID = "https://w3id.org/stimson/id/"
KINDS = (
    "act",
    "citation",
    "claim",
    "designation",
    "event",
    "geometry",
    "membership",
    "norm",
    "organization",
    "person",
    "place",
    "placement",
    "source",
    "stance",
    "state",
    "step",
    "territory",
    "vote",
)
PREFIXES = {
    **{kind: f"{ID}{kind}/" for kind in KINDS},
    "dcterms": "http://purl.org/dc/terms/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "st": "https://w3id.org/stimson/ontology#",
    "stv": "https://w3id.org/stimson/vocabulary/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_NAME = re.compile(r"(?P<prefix>[a-z]+):[a-z0-9][A-Za-z0-9-]*\Z")
_WHOLE = re.compile(r"0|[1-9][0-9]*")
_LITERAL = re.compile(r'"[^"]*"')
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})

Pair = tuple[str, str | Iterable[str]]


def name(curie: str) -> str:
    """Check a prefixed name taken from a table."""
    found = _NAME.match(curie)
    if not found or found["prefix"] not in PREFIXES:
        raise SystemExit(f"{curie!r} is no name of ours; correct it in data/reference.")
    return curie


def names(prefix: str, slugs: str) -> list[str]:
    """Write slugs, divided by spaces, as names of one kind."""
    return [name(f"{prefix}:{slug}") for slug in slugs.split()]


def text(value: str, language: str = "en") -> str:
    """Write a text with its language, or nothing for an empty one."""
    return f'"{value.translate(_ESCAPES)}"@{language}' if value else ""


def string(value: str) -> str:
    """Write a plain string, or nothing for an empty one."""
    return f'"{value.translate(_ESCAPES)}"' if value else ""


def typed(value: str, datatype: str) -> str:
    """Write a literal of a datatype, or nothing for an empty one."""
    return f"{string(value)}^^{datatype}" if value else ""


def number(value: str) -> str:
    """Write a whole number from 0 as Turtle has it, or nothing for an empty one."""
    if value and not _WHOLE.fullmatch(value):
        raise SystemExit(f"{value!r} is no whole number; correct it in data/reference.")
    return value


def date(value: str) -> str:
    """Write a day, or nothing for an empty one."""
    return typed(value, "xsd:date")


def texts(**languages: str) -> list[str]:
    """Write one text per language, without the empty ones."""
    return [text(value, language) for language, value in languages.items() if value]


def block(subject: str, kind: str, *pairs: Pair) -> str:
    """Write what is said of one thing; pairs without a value are left out."""
    lines = [f"{name(subject)} a {kind}"] if kind else []
    for predicate, values in pairs:
        objects = [values] if isinstance(values, str) else list(values)
        if found := " , ".join(dict.fromkeys(value for value in objects if value)):
            lines.append(f"{predicate} {found}")
    if not kind:
        lines[0] = f"{name(subject)} {lines[0]}"
    return " ;\n    ".join(lines) + " .\n"


def document(blocks: Iterable[str], comment: str) -> str:
    """Put a file together: the prefixes that it uses, what it is, its blocks."""
    body = "\n".join([f"# {comment}\n", *blocks])
    bare = _LITERAL.sub('""', body.replace('\\"', "").replace("\\\\", ""))
    used = set(re.findall(r"(?<![\w<])([a-z]+):[a-zA-Z0-9]", bare))
    heads = [
        f"@prefix {short}: <{PREFIXES[short]}> .\n" for short in sorted(used & PREFIXES.keys())
    ]
    return "".join(heads) + "\n" + body
