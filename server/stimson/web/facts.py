"""Gather what is said about one thing: by it, of it, and what its neighbours are called."""

from dataclasses import dataclass, field
from typing import Any

from flask import json

from .. import names
from ..engine import Request
from .site import site
from .terms import Look, is_iri, look_at, look_at_iri

SHOWN = 2000  # statements on one page; the data formats hold all
_RDFS, _SKOS = names.PREFIXES["rdfs"], names.PREFIXES["skos"]
_LABELS = (f"{_RDFS}label", f"{_SKOS}prefLabel", "http://purl.org/dc/terms/title")
_DEFINITION = f"{_SKOS}definition"
_TYPE = f"{names.PREFIXES['rdf']}type"
_LANGUAGES = ("en", "uk", "")  # the first that a label has is shown

Term = dict[str, Any]


@dataclass(slots=True)
class Line:
    """One neighbour, and the graphs that say so."""

    term: Look
    graphs: list[str]
    is_inferred: bool


@dataclass(slots=True)
class About:
    """Everything the page of a thing shows."""

    iri: str
    label: str
    definition: Look | None
    types: list[Look]
    outgoing: list[tuple[Look, list[Line]]] = field(default_factory=list)
    incoming: list[tuple[Look, list[Line]]] = field(default_factory=list)
    is_cut: bool = False


def is_known(iri: str) -> bool:
    """Tell whether any statement has `iri` as its subject or object."""
    text = f"ASK {{ {{ <{iri}> ?p ?o }} UNION {{ ?s ?p <{iri}> }} }}"
    with site().engine.answer(Request(text, base_iri=names.BASE)) as answer:
        return bool(json.loads(b"".join(answer.chunks))["boolean"])


def as_graph(iri: str) -> str:
    """Write the query for a thing's statements, both ways, with its neighbours' labels."""
    return f"""PREFIX rdfs: <{_RDFS}>
CONSTRUCT {{ ?s ?p ?o . ?neighbour rdfs:label ?label }} WHERE {{
  {{ <{iri}> ?p ?o . BIND(<{iri}> AS ?s) BIND(?o AS ?neighbour) }}
  UNION {{ ?s ?p <{iri}> . BIND(<{iri}> AS ?o) BIND(?s AS ?neighbour) }}
  OPTIONAL {{ ?neighbour rdfs:label ?label }}
}}"""


def collect(iri: str) -> About:
    """Gather what the page of `iri` shows."""
    rows = _statements(iri)
    terms = [row[name] for row in rows for name in ("s", "p", "o")]
    labels = _labels({term["value"] for term in terms if term["type"] == "uri"} | {iri})
    own = [row for row in rows if row["s"]["value"] == iri]
    others = [row for row in rows if row["s"]["value"] != iri]
    return About(
        iri=iri,
        label=labels.get(iri) or names.shorten(iri),
        definition=next(
            (look_at(row["o"]) for row in own if row["p"]["value"] == _DEFINITION), None
        ),
        types=_types(own, labels),
        outgoing=_grouped(own, "o", labels),
        incoming=_grouped(others, "s", labels),
        is_cut=len(rows) == SHOWN,
    )


def _statements(iri: str) -> list[dict[str, Term]]:
    return _rows(f"""SELECT ?s ?p ?o ?g WHERE {{
  {{ GRAPH ?g {{ <{iri}> ?p ?o }} BIND(<{iri}> AS ?s) }}
  UNION {{ GRAPH ?g {{ ?s ?p <{iri}> }} BIND(<{iri}> AS ?o) }}
}} ORDER BY ?p ?s ?o ?g LIMIT {SHOWN}""")


def _labels(iris: set[str]) -> dict[str, str]:
    """Find one label for each, in the first language that has one."""
    values = " ".join(f"<{iri}>" for iri in sorted(iris) if is_iri(iri))
    kinds = " ".join(f"<{iri}>" for iri in _LABELS)
    found: dict[str, list[tuple[int, str]]] = {}
    for row in _rows(f"""SELECT ?thing ?label WHERE {{
  VALUES ?thing {{ {values} }} VALUES ?kind {{ {kinds} }} ?thing ?kind ?label
}}"""):
        language = row["label"].get("xml:lang", "")
        rank = _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)
        found.setdefault(row["thing"]["value"], []).append((rank, row["label"]["value"]))
    return {iri: min(ranked)[1] for iri, ranked in found.items()}


def _rows(text: str) -> list[dict[str, Term]]:
    with site().engine.answer(Request(text, base_iri=names.BASE)) as answer:
        rows: list[dict[str, Term]] = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    return rows


def _types(own: list[dict[str, Term]], labels: dict[str, str]) -> list[Look]:
    iris = {row["o"]["value"] for row in own if row["p"]["value"] == _TYPE}
    ours_first = sorted(iris, key=lambda iri: (not names.is_ours(iri), iri))
    return [look_at_iri(iri, labels.get(iri)) for iri in ours_first]


def _grouped(
    rows: list[dict[str, Term]], end: str, labels: dict[str, str]
) -> list[tuple[Look, list[Line]]]:
    """Group neighbours by the predicate that leads to them, each named once."""
    groups: dict[str, dict[str, Line]] = {}
    for row in rows:
        lines = groups.setdefault(row["p"]["value"], {})
        term, graph = row[end], row["g"]["value"]
        key = json.dumps(term, sort_keys=True)
        if key not in lines:
            lines[key] = Line(_look(term, labels), [], is_inferred=True)
        lines[key].graphs.append(graph.removeprefix(names.GRAPH))
        lines[key].is_inferred &= graph == names.INFERRED_GRAPH
    return [
        (look_at_iri(iri, labels.get(iri)), list(group.values())) for iri, group in groups.items()
    ]


def _look(term: Term, labels: dict[str, str]) -> Look:
    if term["type"] == "uri":
        return look_at_iri(term["value"], labels.get(term["value"]))
    return look_at(term)
