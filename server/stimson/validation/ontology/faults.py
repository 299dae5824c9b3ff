"""What an ontology says against the profile, and the triple that says it."""

from typing import NamedTuple

from ...rdf import Statement


class Fault(NamedTuple):
    """A triple, and what is wrong with it in one sentence."""

    at: Statement
    message: str
