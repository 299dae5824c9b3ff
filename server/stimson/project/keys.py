"""The keys of ``stimson.toml``: name, what the value must be, what holds without it.

Names in that file are an IRI, or a prefix and a local name.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .. import names
from ..findings import SEVERITIES
from .toml import Key

STAGES = ("syntax", "references", "ontology", "shacl", "quotations", "counts", "queries")
NEVER = "never"  # what stands for "nothing fails the run" where severities are named
FAIL_ON = (*SEVERITIES, NEVER)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_WHOLE = re.compile(r"[^:]+://|(urn|tag|mailto):")  # else what precedes the colon is a prefix


def is_iri(text: str) -> bool:
    """Tell whether `text` has the form of an absolute IRI."""
    return _IRI.fullmatch(text) is not None


def expand(name: str, prefixes: Mapping[str, str]) -> str:
    """Write a name in full, by `prefixes` or ours, or raise `ValueError` that says why not."""
    prefix, _, local = name.partition(":")
    if _IRI.fullmatch(name) and prefix in prefixes:
        return f"{prefixes[prefix]}{local}"
    if _IRI.fullmatch(name) and (prefix in names.PREFIXES or _WHOLE.match(name)):
        return names.expand(name)
    raise ValueError(
        f"{name!r} is neither an IRI nor begins with a known prefix; "
        "declare prefixes in the table [prefixes] of stimson.toml"
    )


def is_text(value: Any) -> bool:
    """Tell whether a value is text that is not blank."""
    return isinstance(value, str) and bool(value.strip())


def _are_iris(value: Any) -> bool:
    return isinstance(value, list) and all(is_text(item) and is_iri(item) for item in value)


def _is_number(value: Any) -> bool:
    # TOML's true and false are ints to Python.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_stages(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(item in STAGES for item in value)


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _choice(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


_PATH = "a path"
_OWN = "Stimson's, if neither shapes nor an ontology are named; else none"

TABLES = (
    Key("validate", "a table", _is_table, "", "What is validated, and by which standards."),
    Key("prefixes", "a table", _is_table, "", "Prefixes for names in this file and the waivers."),
)
VALIDATE = (
    Key("data", _PATH, is_text, "Stimson's, as for shapes", "Folder of the data."),
    Key("shapes", _PATH, is_text, _OWN, "Folder of the SHACL shapes."),
    Key("ontology", _PATH, is_text, _OWN, "Folder of the ontology."),
    Key(
        "queries",
        _PATH,
        is_text,
        "Stimson's, if no data are named; else none",
        "Folder of the saved queries.",
    ),
    Key("sources", _PATH, is_text, "none", "Folder of the archived texts of the sources."),
    Key("waivers", _PATH, is_text, "`waivers.toml`, if there is one", "File of the waivers."),
    Key(
        "stages",
        f"a list of some of {_choice(STAGES)}",
        _are_stages,
        "all",
        "The stages that run.",
    ),
    Key(
        "fail-on",
        f"one of {_choice(FAIL_ON)}",
        lambda value: value in FAIL_ON,
        '"violation"',
        "The mildest severity that fails the run.",
    ),
    Key(
        "terms",
        "a list of IRIs",
        _are_iris,
        "Stimson's, if there is an ontology; else none",
        "IRIs that begin so must be defined in the ontology.",
    ),
    Key(
        "things",
        "a list of IRIs",
        _are_iris,
        "Stimson's, if there is an ontology; else none",
        "IRIs that begin so must be defined in some file.",
    ),
    Key("counts", "a list of tables", _are_tables, "none", "How many things there must be."),
)
COUNT = (
    Key("class", "an IRI or a prefixed name", is_text, "", "Class of the things, or one above it."),
    Key("minimum", "a whole number", _is_number, "no limit", "There must be at least so many."),
    Key("maximum", "a whole number", _is_number, "no limit", "There may be at most so many."),
)
ALL = (
    *(("validate.", key) for key in VALIDATE[:-1]),
    *(("validate.counts.", key) for key in COUNT),
)
"""Every key that holds a value, and the table it stands in."""
