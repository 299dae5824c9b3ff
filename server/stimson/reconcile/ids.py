"""Identifiers as this service writes them, and the other ways in which clients may.

A thing is called by what follows the identifier space (`state/ukraine`); a type or a property
by its prefixed name (`st:State`, `skos:altLabel`).
"""

from collections.abc import Container
from functools import lru_cache

from .. import names


def local_id(id: str) -> str:
    """Write the identifier of a thing, given that, its IRI or its prefixed name."""
    return names.expand(id.strip()).removeprefix(names.ID)


@lru_cache(4096)
def short(iri: str) -> str:
    """Write the identifier of a type or a property of the graph, given its IRI."""
    return _short(iri)


def known_as(id: str, known: Container[str]) -> str | None:
    """Find a type or property by its identifier, its IRI, or its name in our ontology alone."""
    id = id.strip()
    return next((each for each in (id, _short(id), f"st:{id}") if each in known), None)


def _short(iri: str) -> str:
    return names.shorten(iri).removeprefix("<").removesuffix(">")
