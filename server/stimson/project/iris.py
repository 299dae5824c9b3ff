"""Names as people write them in a project's files: an IRI, or a prefix and a local name."""

import re
from collections.abc import Mapping

from .. import names

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
