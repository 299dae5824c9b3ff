"""Check what somebody submits: a body in, a report out.

It is checked as a further file of the data, by the shipped shapes and with the shipped
ontology and data around it. Like a query, it is never read in the server's process: a
fork server, which holds all that is shipped, forks a process for each check, and that
process is confined and ends with it.
"""

from typing import NamedTuple

from pyoxigraph import RdfFormat

MEDIA_TYPES = {  # that a submission may have
    "text/turtle": RdfFormat.TURTLE,
    "application/trig": RdfFormat.TRIG,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


class Submission(NamedTuple):
    """What was sent: `media_type` is one of `MEDIA_TYPES`, `name` that of its file."""

    content: bytes
    media_type: str
    name: str


class SubmissionResult(NamedTuple):
    """Whether a submission conforms, and its report in the format asked for."""

    conforms: bool
    report: bytes
