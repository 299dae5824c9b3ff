"""Check a stranger's contribution: a body in, a report out.

It is checked as a further file of the data, by the shipped shapes and with the shipped
ontology and data around it. Like a query, it is never read in the server's process: a
keeper, which holds all that is shipped, forks a process for each check, and that
process is shut in and ends with it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contribution:
    """What was sent: `media_type` is one of `formats.MEDIA_TYPES`, `name` that of its file."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a contribution conforms, and its report in the format asked for."""

    conforms: bool
    report: bytes
