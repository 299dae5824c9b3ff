"""Make a snapshot of any RDF files, as they are: nothing is checked, inferred or added.

Where a file's format knows named graphs they are kept; other triples go to the default
graph, as with ``fuseki-server --file`` and ``oxigraph load``.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from ..errors import InvalidFile, NothingToRead
from ..files import check_file, exists, mark_problem, parser_words
from ..rdf import check_file_depth
from . import Snapshot, add_snapshot

_KNOWN = ("ttl", "trig", "nt", "nq", "rdf", "owl", "xml", "jsonld", "json")
_RELATIVE = "No scheme found in an absolute IRI"  # the parser's words
_ALIASES = {"owl": "rdf"}
_MARK = 4  # bytes, at most
_WITH_TRIPLE_TERMS = (
    *(ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG),
    *(ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS),
)


def gather(files: Sequence[Path], store: Path, base_iri: str | None = None) -> Snapshot:
    """Make `files` the current snapshot of `store`; `InvalidFile` names one that cannot be read.

    Relative IRIs are resolved against `base_iri`; without one they are an error, since a
    file's own address is nobody else's business.
    """
    digest = hashlib.sha256((base_iri or "").encode())
    loaded = ox.Store()
    for file in files:
        _load(loaded, file, base_iri)
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    content = loaded.dump(format=ox.RdfFormat.N_QUADS)
    assert content is not None  # None is for output to a file
    name = digest.hexdigest()[:16]
    manifest = {
        "name": name,
        "version": name,  # the files bear no other
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "inputs": digest.hexdigest(),
        "files": [file.name for file in files],
        **_counts(loaded),
    }
    return add_snapshot(store, name, content, manifest)


def _load(store: ox.Store, file: Path, base_iri: str | None) -> None:
    form = _format(file)
    if not exists(file):
        raise NothingToRead(f"{file}: no such file; check its name.")
    check_file(file)
    try:
        if form in _WITH_TRIPLE_TERMS:
            check_file_depth(file)
        store.bulk_load(path=str(file), format=form, base_iri=base_iri)
    except SyntaxError as fault:
        with file.open("rb") as content:
            problem = mark_problem(content.read(_MARK)) or parser_words(fault) or "not RDF"
        if base_iri is None and _RELATIVE in problem:
            problem = "an IRI is relative: say with --base what to"
        raise InvalidFile(file, problem, fault.lineno, fault.offset) from fault
    except OSError as fault:
        raise NothingToRead(f"{file}: {fault.strerror or fault}.") from fault
    except ValueError as fault:  # the base
        raise InvalidFile(file, str(fault)) from fault


def _format(file: Path) -> ox.RdfFormat:
    ending = file.suffix.removeprefix(".").lower()
    found = ox.RdfFormat.from_extension(_ALIASES.get(ending, ending))
    if found is None or ending not in _KNOWN:
        known = ", ".join(f".{each}" for each in _KNOWN)
        raise InvalidFile(file, f"its ending is not one of {known}")
    return found


def _counts(store: ox.Store) -> dict[str, object]:
    return {
        "quads": len(store),
        "triples": _number(store, "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT * { ?s ?p ?o } }"),
        "default": _number(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", union=False),
        "graphs": _table(store, "SELECT ?k (COUNT(*) AS ?n) { GRAPH ?k { ?s ?p ?o } } GROUP BY ?k"),
        "classes": _table(store, "SELECT ?k (COUNT(DISTINCT ?s) AS ?n) { ?s a ?k } GROUP BY ?k"),
    }


def _number(store: ox.Store, sparql: str, union: bool = True) -> int:
    rows = store.query(sparql, use_default_graph_as_union=union)
    assert isinstance(rows, ox.QuerySolutions)
    return int(_literal(next(rows)["n"]))


def _table(store: ox.Store, sparql: str) -> dict[str, int]:
    """Count by key, those without a name left out."""
    rows = store.query(sparql, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    named = ((row["k"], row["n"]) for row in rows)
    return {key.value: int(_literal(n)) for key, n in named if isinstance(key, ox.NamedNode)}


def _literal(term: object) -> str:
    assert isinstance(term, ox.Literal)  # a count is one
    return term.value
