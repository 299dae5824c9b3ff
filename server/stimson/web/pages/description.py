"""What a document about a thing holds.

That is the symmetric concise bounded description: every statement that has the thing for its
subject or object, and with them all that is said by way of blank nodes, which cannot be
requested by name. A vocabulary comes with its concepts. The labels of neighbours are added,
and what is said of the document itself, which is another thing.
https://www.w3.org/submissions/CBD/
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial

import pyoxigraph as ox

from ... import names
from ...rdf.terms import Statement, Term, named
from ..sparql.labels import LABELS
from ..sparql.metadata import LICENCE
from ..sparql.quads import Within, anywhere, is_any, solutions, statements
from ..sparql.site import base_url, site

_IN_SCHEME = named("skos:inScheme")
Found = tuple[Statement, ox.NamedNode | ox.DefaultGraph]


def is_known(iri: str) -> bool:
    """Tell whether any statement has `iri` as its subject or object."""
    return is_any(f"{{ <{iri}> ?p ?o }} UNION {{ ?s ?p <{iri}> }}")


def document(iri: str, address: str, with_graphs: bool) -> Iterator[ox.Quad]:
    """Write the document about `iri` that has the name `address`."""
    name = ox.NamedNode(address)
    for predicate, about in _of_document(iri):
        yield ox.Quad(name, predicate, about, name)
    for (subject, predicate, value), graph in description(iri, with_graphs):
        yield ox.Quad(subject, predicate, value, graph)  # type: ignore[arg-type]


def description(iri: str, with_graphs: bool) -> Iterator[Found]:
    """Find all that is said of `iri`, and the labels of its neighbours."""
    labels: set[Found] = set()  # the labels that are there already
    for found in _said(iri, with_graphs):
        if found[0][1].value in LABELS:
            labels.add(found)
        yield found
    for found in statements(partial(_labels, iri), with_graphs):
        if found not in labels:
            yield found


def anonymous(iri: str, with_graphs: bool) -> Iterator[Found]:
    """Find what is said of `iri`, or of a concept in it, by way of blank nodes."""
    things: set[Term] = {ox.NamedNode(iri)}
    by_node: dict[ox.BlankNode, list[Found]] = defaultdict(list)
    for found in statements(_blank, with_graphs):
        for node in _blank_nodes(found):
            by_node[node].append(found)
    concepts = f"SELECT DISTINCT ?s WHERE {anywhere(f'?s <{_IN_SCHEME.value}> <{iri}>')}"
    things.update(row["s"] for row in solutions(concepts, is_union=False))
    yield from _connected(by_node, things)


def _said(iri: str, with_graphs: bool) -> Iterator[Found]:
    is_whole = True
    for pattern in (_by, _of):
        for found in statements(partial(pattern, iri), with_graphs):
            if _blank_nodes(found):
                is_whole = False  # one answer has to hold all: the next has other names for them
            else:
                yield found
    if not is_whole:
        yield from anonymous(iri, with_graphs)


def _connected(by_node: dict[ox.BlankNode, list[Found]], things: set[Term]) -> Iterator[Found]:
    """Follow blank nodes from `things`, in both directions, as far as they go."""
    waiting = [
        node
        for node, around in by_node.items()
        if any(subject in things or value in things for (subject, _, value), _ in around)
    ]
    seen, given = set(waiting), set()
    while waiting:
        for found in by_node[waiting.pop()]:
            if found in given:
                continue
            given.add(found)
            yield found
            fresh = [node for node in _blank_nodes(found) if node not in seen]
            seen.update(fresh)
            waiting += fresh


def _blank_nodes(found: Found) -> list[ox.BlankNode]:
    (subject, _, value), _ = found
    return [node for node in (subject, value) if isinstance(node, ox.BlankNode)]


def _by(iri: str, within: Within) -> str:
    return f"{{ {within(f'<{iri}> ?p ?o')} BIND(<{iri}> AS ?s) }}"


def _of(iri: str, within: Within) -> str:
    concept = f"?s <{_IN_SCHEME.value}> <{iri}>"
    return f"""{{
    {{ {within(f"?s ?p <{iri}>")} FILTER(?s != <{iri}>) BIND(<{iri}> AS ?o) }}
    UNION {{ {anywhere(concept)} {within("?s ?p ?o")} FILTER(?s != <{iri}>) }}
  }}"""


def _blank(within: Within) -> str:
    return f"{{ {within('?s ?p ?o')} FILTER(isBlank(?s) || isBlank(?o)) }}"


def _labels(iri: str, within: Within) -> str:
    kinds = ", ".join(f"<{kind}>" for kind in LABELS)
    ends = f"{anywhere(f'<{iri}> ?x ?s')} UNION {anywhere(f'?s ?x <{iri}>')}"
    return f"""{{
    {{ SELECT DISTINCT ?s WHERE {{ {ends} FILTER(isIRI(?s) && ?s != <{iri}>) }} }}
    {within("?s ?p ?o")} FILTER(?p IN ({kinds}))
  }}"""


def _of_document(iri: str) -> Iterable[tuple[ox.NamedNode, ox.NamedNode]]:
    """Say what kind of document it is, and what it was made from."""
    dataset = names.DATASET if site().is_ours else f"{base_url()}/dataset"
    edition = f"{dataset}/{site().snapshot.name}"
    yield named("rdf:type"), named("foaf:Document")
    yield named("foaf:primaryTopic"), ox.NamedNode(iri)
    yield named("void:inDataset"), ox.NamedNode(dataset)
    yield named("prov:wasDerivedFrom"), ox.NamedNode(edition)
    if site().is_ours:
        yield named("dcterms:license"), ox.NamedNode(LICENCE)
