"""What is on record about a release, in the server that holds it.

The record is a graph of its own. It names the graphs that are ours, each with the hash and the
number of triples that it was loaded with, and the snapshot once that is complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ... import names
from .split import Graph
from .target import Target

UNFINISHED = "unfinished"
_STATE = f"{names.PREFIXES['owl']}versionInfo"
_PART = f"{names.PREFIXES['dcterms']}hasPart"
_DIGEST = f"{names.PREFIXES['schema']}sha256"
_TRIPLES = f"{names.PREFIXES['void']}triples"
_INTEGER = f"{names.PREFIXES['xsd']}integer"
_SELF = names.RELEASE_GRAPH


@dataclass(frozen=True, slots=True)
class Record:
    """`state` is the name of a snapshot, `UNFINISHED`, or empty where nothing is on record."""

    state: str = ""
    ours: frozenset[str] = frozenset()
    loaded: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # hash, triples


def read_record(target: Target) -> Record:
    """Read what an earlier load has left."""
    states = target.select(f"SELECT ?v {{ GRAPH <{_SELF}> {{ <{_SELF}> <{_STATE}> ?v }} }}")
    ours = target.select(f"SELECT ?g {{ GRAPH <{_SELF}> {{ <{_SELF}> <{_PART}> ?g }} }}")
    loaded = target.select(
        f"SELECT ?g ?h ?n {{ GRAPH <{_SELF}> {{ ?g <{_DIGEST}> ?h ; <{_TRIPLES}> ?n }} }}"
    )
    return Record(
        states[0]["v"] if states else "",
        frozenset(row["g"] for row in ours),
        {row["g"]: (row["h"], int(row["n"])) for row in loaded},
    )


def write_record(target: Target, record: Record) -> None:
    """Replace what is on record."""
    lines = [f'<{_SELF}> <{_STATE}> "{record.state}" .\n']
    lines += [f"<{_SELF}> <{_PART}> <{iri}> .\n" for iri in sorted(record.ours)]
    lines += [_loaded(iri, *facts) for iri, facts in sorted(record.loaded.items())]
    body = "".join(lines).encode()
    target.put(_SELF, body, len(body))


def add_to_record(target: Target, graph: Graph) -> None:
    """Note that a graph has been loaded."""
    body = _loaded(graph.iri, graph.digest, graph.triples).encode()
    target.post(_SELF, body, len(body))


def _loaded(iri: str, digest: str, triples: int) -> str:
    return f'<{iri}> <{_DIGEST}> "{digest}" .\n<{iri}> <{_TRIPLES}> "{triples}"^^<{_INTEGER}> .\n'
