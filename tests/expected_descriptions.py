"""What a document about each name has to hold, worked out from the N-Quads of a snapshot.

Nothing of this is what the server does: it asks an engine, here all quads are in memory.
"""

import http.client
from collections import defaultdict
from functools import cached_property, lru_cache
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox

from stimson import names
from waiting import PATIENCE

NQUADS = "application/n-quads"
LABELS = {
    ox.NamedNode(f"{names.PREFIXES['rdfs']}label"),
    ox.NamedNode(f"{names.PREFIXES['skos']}prefLabel"),
    ox.NamedNode(f"{names.PREFIXES['dcterms']}title"),
}
IN_SCHEME = ox.NamedNode(f"{names.PREFIXES['skos']}inScheme")
OWL = names.PREFIXES["owl"]
HOME = names.BASE.removesuffix("/")


class ExpectedDescriptions:
    """The quads of a snapshot, by their ends."""

    def __init__(self, path):
        self.quads = set(ox.parse(path=path))
        self.by_subject, self.by_object = defaultdict(list), defaultdict(list)
        self.by_graph = defaultdict(set)
        for quad in self.quads:
            self.by_subject[quad.subject].append(quad)
            self.by_object[quad.object].append(quad)
            self.by_graph[quad.graph_name.value].add(quad)

    @cached_property
    def ontology(self):
        """The whole ontology, with canonical blank nodes."""
        return canonical(self.module(names.ONTOLOGY))

    def names(self):
        """Find every name of ours, with what it is: subject, predicate, object …"""
        found = defaultdict(set)
        for quad in self.quads:
            ends = {"s": quad.subject, "p": quad.predicate, "o": quad.object, "g": quad.graph_name}
            ends["d"] = getattr(quad.object, "datatype", None)
            for role, term in ends.items():
                if isinstance(term, ox.NamedNode) and f"{term.value}/".startswith(names.BASE):
                    found[term.value].add(role)
        return {iri: "".join(sorted(roles)) for iri, roles in found.items()}

    def around(self, term):
        """Find the quads with a term at an end."""
        return {*self.by_subject[term], *self.by_object[term]}

    def description(self, iri):
        """Work out the symmetric concise bounded description, with labels of neighbours."""
        thing = ox.NamedNode(iri)
        direct = self.around(thing)
        concepts = {quad.subject for quad in self.by_object[thing] if quad.predicate == IN_SCHEME}
        found = direct | {quad for concept in concepts for quad in self.by_subject[concept]}
        waiting = blank_nodes(found)
        seen = set(waiting)
        while waiting:
            around = self.around(waiting.pop())
            found |= around
            waiting |= blank_nodes(around) - seen
            seen |= blank_nodes(around)
        ends = {end for quad in direct for end in (quad.subject, quad.object)} - {thing}
        for end in ends:
            if isinstance(end, ox.NamedNode):
                found |= {quad for quad in self.by_subject[end] if quad.predicate in LABELS}
        return found

    def module(self, iri):
        """Find the graphs of an ontology, or of the version of one; of the whole all of them."""
        is_a = ox.NamedNode(f"{names.PREFIXES['rdf']}type")
        ontology, imports = ox.NamedNode(f"{OWL}Ontology"), ox.NamedNode(f"{OWL}imports")
        version = ox.NamedNode(f"{OWL}versionIRI")
        term = ox.NamedNode(iri)
        for quad in self.by_object[term]:
            term = quad.subject if quad.predicate == version else term
        parts = {term}
        if term.value == names.ONTOLOGY:
            parts |= {quad.object for quad in self.by_subject[term] if quad.predicate == imports}
        return {
            quad
            for part in parts
            for one in self.by_subject[part]
            if one.predicate == is_a and one.object == ontology
            for quad in self.by_graph[one.graph_name.value]
        }


def blank_nodes(quads):
    """List the blank nodes at the ends of quads."""
    ends = {end for quad in quads for end in (quad.subject, quad.object)}
    return {end for end in ends if isinstance(end, ox.BlankNode)}


def same(some, others):
    """Tell whether two sets of quads say the same, whatever their blank nodes are called."""
    return canonical(some) == canonical(others)


def canonical(quads):
    """Give blank nodes names that depend on what is said of them alone."""
    if not blank_nodes(quads):
        return set(quads)
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


class Walker:
    """A client that keeps its connection, and follows redirects as the web does."""

    def __init__(self, url):
        self._base = url
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self.whole = lru_cache(maxsize=8)(self.fetch)  # many names have one document
        self.triples = lru_cache(maxsize=8)(self._triples)
        self.canonical = lru_cache(maxsize=8)(lambda address: canonical(self.whole(address)[0]))

    def fetch(self, iri, accept=NQUADS):
        """Ask for what a name leads to: (quads, statuses on the way, the last path)."""
        path, statuses = iri.partition("#")[0].removeprefix(HOME) or "/", []
        while True:
            reply, body = self._ask(path, accept)
            statuses.append(reply.status)
            if reply.status not in (303, 308) or len(statuses) > 3:
                break
            path = urljoin(self._base + path, reply.headers["Location"]).removeprefix(self._base)
        assert reply.status == 200, (statuses, path, body[:200])
        assert reply.headers["Content-Type"].partition(";")[0] == accept, (iri, path)
        return set(ox.parse(body, format=ox.RdfFormat.from_media_type(accept))), statuses, path

    def _triples(self, address):
        return {quad.triple for quad in self.whole(address)[0]}

    def _ask(self, path, accept, is_second_time=False):
        try:
            self._connection.request("GET", path, headers={"Accept": accept})
            reply = self._connection.getresponse()
        except http.client.RemoteDisconnected:
            if is_second_time:
                raise
            self._connection.close()  # nothing was asked for a while, so the server hung up
            return self._ask(path, accept, is_second_time=True)
        return reply, reply.read()

    def close(self):
        """Let go of the connection."""
        self._connection.close()


def faults(snapshot_quads, walker, iri, is_thorough=False):
    """Follow one name as a stranger would, and say what is wrong with what comes back."""
    address = iri.partition("#")[0]
    quads, statuses, path = walker.whole(address)
    if address.startswith((names.ID, names.STV, names.RULE)):
        if statuses != [303, 200]:
            yield f"{iri}: {statuses}"
        yield from _differences(iri, snapshot_quads.description(iri), _of_thing(quads, path, iri))
        return
    if statuses != [200]:
        yield f"{iri}: {statuses}"
    if address.startswith(names.GRAPH):
        yield from _differences(iri, snapshot_quads.by_graph[iri], quads)
    elif address.startswith(names.ONTOLOGY):
        yield from _of_ontology(snapshot_quads, walker, iri, quads, is_thorough)
    elif address.startswith(names.MAPPING):
        yield from _missing(iri, set(snapshot_quads.by_subject[ox.NamedNode(iri)]), quads)
    elif address.startswith((names.DATASET, names.QUERY)):
        triples = {quad.triple for quad in snapshot_quads.by_subject[ox.NamedNode(iri)]}
        yield from _missing(iri, triples, walker.triples(address))
    else:
        yield f"{iri}: nobody has said what a name like this stands for"


def _of_ontology(snapshot_quads, walker, iri, quads, is_thorough):
    """A term is found in the document of the ontology, and described under another address."""
    if "#" not in iri:
        yield from _differences(iri, snapshot_quads.module(iri), quads)
        return
    term = ox.NamedNode(iri)
    said = {quad for quad in snapshot_quads.ontology if quad.subject == term}
    if term.value != names.ST and not said:
        yield f"{iri}: the ontology does not define it"
    yield from _missing(iri, said, walker.canonical(names.ONTOLOGY))
    if is_thorough and said:
        address = f"{names.BASE}describe?iri={iri.replace('#', '%23')}"
        described, _, path = walker.fetch(address)
        name = f"{address}&format=nq".replace(iri.replace("#", "%23"), _encoded(iri))
        found = _of_thing(described, name.removeprefix(HOME), iri)
        yield from _differences(f"{iri} ({path})", snapshot_quads.description(iri), found)


def _encoded(iri):
    return iri.replace(":", "%3A").replace("/", "%2F").replace("#", "%23")


def _of_thing(quads, path, iri):
    """Leave out what a document says of itself, and the text of a rule, which is in a file."""
    document = f"{HOME}{path}"
    own = {quad for quad in quads if quad.graph_name == ox.NamedNode(document)}
    topics = {quad.object.value for quad in own if quad.predicate.value.endswith("primaryTopic")}
    assert topics == {iri}, (iri, document, topics)
    assert all(quad.subject == ox.NamedNode(document) for quad in own)
    rest = quads - own
    if iri.startswith(names.RULE):
        rest = {quad for quad in rest if quad.graph_name != ox.DefaultGraph()}
    return rest


def _differences(iri, expected, found):
    if not same(expected, found):
        lacking = list(canonical(expected) - canonical(found))[:3]
        extra = list(canonical(found) - canonical(expected))[:3]
        yield f"{iri}: lacks {lacking}, has {extra} that it should not have"


def _missing(iri, expected, found):
    if lacking := expected - found:
        yield f"{iri}: lacks {list(lacking)[:3]}"
