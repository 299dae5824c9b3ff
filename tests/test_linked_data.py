"""Every name leads to a document, and the document holds what the store does.

The walk goes over the names that occur in the snapshot of the real data, wherever they stand:
a sample of every kind here, all of them in `make test-all`. What is expected is worked out in
`snapshot_quads` from the N-Quads; the smaller tests below are about the ways there.
"""

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from rdflib import Dataset

from expected_descriptions import NQUADS, ExpectedDescriptions, Walker, canonical, faults, same
from http_fixtures import (
    ID,
    LABEL,
    ONE,
    QUADS,
    ST,
    TWO,
    TYPE,
    Site,
    running,
    serving,
    write_snapshot,
)
from stimson import names, paths
from stimson.snapshot import read_current

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
STV = names.STV
SKOS = names.PREFIXES["skos"]
OWL = names.PREFIXES["owl"]
FOAF = names.PREFIXES["foaf"]
FORMS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nt": "application/n-triples",
    "trig": "application/trig",
    "nq": "application/n-quads",
}
RDF = {ending: kind for ending, kind in FORMS.items() if ending != "html"}
PER_KIND = 6
ROOT = Path(__file__).parents[1]


# The walk over the real data


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Path:
    """A store of our own with the snapshot that `make build` made, or with a new one."""
    store = tmp_path_factory.mktemp("real") / "store"
    if (ROOT / ".stimson" / "current").exists():
        snapshot = read_current(ROOT / ".stimson")
        shutil.copytree(snapshot.path, store / snapshot.name)
        (store / "current").write_text(f"{snapshot.name}\n", encoding="ascii")
    else:
        command = [sys.executable, "-m", "stimson", "build", "--store", str(store)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    return store


@pytest.fixture(scope="module")
def snapshot_quads(real) -> ExpectedDescriptions:
    return ExpectedDescriptions(read_current(real).dataset)


@pytest.fixture(scope="module")
def wide(real) -> Iterator[Site]:
    """A server over the real data."""
    with running(real, cache_mb="0") as site:
        yield site


def kind_of(iri):
    """Put a name with those like it: things by kind, what has a fragment by its document."""
    address, _, fragment = iri.partition("#")
    parts = address.removeprefix(names.BASE).split("/")
    return (*parts[:2], "#") if fragment else (parts[0], *parts[1:2], len(parts))


def sample(snapshot_quads):
    """Choose of each kind the best and the least connected, and some between."""
    kinds = defaultdict(list)
    for iri, roles in snapshot_quads.names().items():
        term = ox.NamedNode(iri)
        size = len(snapshot_quads.by_subject[term]) + len(snapshot_quads.by_object[term])
        kinds[kind_of(iri), "p" in roles, "d" in roles].append((size, iri))
    for found in kinds.values():
        ranked = [iri for _, iri in sorted(found)]
        step = max(1, (len(ranked) - 1) // (PER_KIND - 1))
        yield from {*ranked[::step][:PER_KIND], ranked[-1]}


def walk(snapshot_quads, site, iris, is_thorough=False):
    """Follow names in two threads, and collect what is wrong."""
    iris = sorted(iris)  # names with one document stand together

    def part(number):
        with closing(Walker(site.url)) as walker:
            return [
                fault
                for iri in iris[number * len(iris) // 2 : (number + 1) * len(iris) // 2]
                for fault in faults(snapshot_quads, walker, iri, is_thorough)
            ]

    with ThreadPoolExecutor(2) as threads:
        return [fault for found in threads.map(part, range(2)) for fault in found]


def test_names_of_every_kind_lead_to_what_the_store_holds(snapshot_quads, wide):
    chosen = set(sample(snapshot_quads))
    graphs = {iri for iri in snapshot_quads.by_graph if iri.startswith(names.GRAPH)}
    ontology = {iri for iri in snapshot_quads.names() if iri.startswith(names.ONTOLOGY)}
    kinds = {kind_of(iri)[:2] for iri in chosen}
    assert {("id", kind) for kind in ("state", "person", "claim", "stance", "vote")} <= kinds
    assert {("ontology", "#"), ("ontology", "act"), ("rule", "derived-stance")} <= kinds
    assert walk(snapshot_quads, wide, chosen | graphs | ontology) == []


@pytest.mark.slow
def test_every_name_leads_to_what_the_store_holds(snapshot_quads, wide):
    assert len(snapshot_quads.names()) > 9000
    assert walk(snapshot_quads, wide, snapshot_quads.names(), is_thorough=True) == []


@pytest.mark.parametrize(
    "iri",
    [
        f"{ID}state/russia",
        f"{ID}geometry/place-bakhmut",
        f"{ST}ControlClaim",
        f"{STV}positions",
        f"{names.GRAPH}ontology/claim",
        f"{names.ONTOLOGY}/territory",
    ],
)
# rdflib warns about what its own parsers do.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_every_form_of_a_document_says_the_same(snapshot_quads, wide, iri):
    is_thing = iri.startswith((ID, STV, ST))
    path = iri.removeprefix(names.BASE[:-1])
    form = f"/describe?iri={quote(iri, safe='')}&format=" if "#" in iri else f"{path}."
    expected = (
        snapshot_quads.description(iri)
        if is_thing
        else snapshot_quads.by_graph[iri] or snapshot_quads.module(iri)
    )
    for ending, kind in RDF.items():
        reply = wide.request(f"{form}{ending}")
        assert (reply.status, reply.type.partition(";")[0]) == (200, kind)
        dataset = Dataset(default_union=True).parse(data=reply.text, format=kind)
        assert len(dataset) > 4
        found = set(ox.parse(reply.body, format=ox.RdfFormat.from_media_type(kind)))
        document = [quad.subject for quad in found if quad.predicate.value == f"{FOAF}primaryTopic"]
        assert len(document) == is_thing
        found = {quad for quad in found if quad.subject not in document}
        if ending in ("trig", "nq"):
            assert same(found, expected)
        else:
            triples = {ox.Quad(*quad.triple) for quad in expected}
            assert same({ox.Quad(*quad.triple) for quad in found}, triples)


class Links(HTMLParser):
    """The links and anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note where an element leads, and how it is found."""
        found = dict(attrs)
        self.anchors += [found["id"]] if "id" in found else []
        if tag in ("a", "link") and found.get("href", "").startswith("/"):
            self.links.append(found["href"])


PAGES = [
    "/id/state/russia.html",
    "/vocabulary/positions.html",
    "/rule/derived-stance.html",
    f"/describe?iri={quote(ST + 'ControlClaim', safe='')}&format=html",
    "/ontology.html",
    "/ontology/act.html",
    "/shapes.html",
    "/vocabulary.html",
    "/graph/data/acts/stances.html",
    "/mappings/states.html",
]


@pytest.mark.parametrize("page", PAGES)
def test_no_link_costs_a_redirect_or_leads_nowhere(wide, page):
    reply = wide.request(page, Accept=BROWSER)
    assert reply.type.startswith("text/html")
    links = sorted(set(Links(reply.text).links))
    for link in links[:: max(1, len(links) // 25)]:
        assert wide.request(link, Accept=BROWSER).status == 200, link


def test_a_term_is_found_on_the_page_of_the_ontology(snapshot_quads, wide):
    anchors = Links(wide.request("/ontology", Accept=BROWSER).text).anchors
    terms = {iri.partition("#")[2] for iri in snapshot_quads.names() if iri.startswith(ST)} - {""}
    assert terms <= set(anchors)
    shapes = Links(wide.request("/shapes", Accept=BROWSER).text).anchors
    named = {
        quad.subject.value.partition("#")[2]
        for path in paths.SHAPES.glob("*.ttl")
        for quad in ox.parse(path=path)
        if quad.predicate.value == TYPE and quad.subject.value.startswith(names.SHAPE)
    }
    assert named <= set(shapes)


def test_the_shapes_are_those_of_the_files(wide):
    reply = wide.request("/shapes", Accept=NQUADS)
    served = set(ox.parse(reply.body, format=ox.RdfFormat.N_QUADS))
    files = {
        ox.Quad(*quad.triple)
        for path in paths.SHAPES.glob("*.ttl")
        for quad in ox.parse(path=path, rename_blank_nodes=True)
    }
    assert same(served, files)


def test_a_rule_is_told_in_words_and_as_a_query(wide):
    reply = wide.request("/rule/derived-stance.nt")
    quads = list(ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES))
    said = {
        quad.predicate.value: quad.object for quad in quads if quad.subject.value[-6:] == "stance"
    }
    assert said[f"{names.PREFIXES['sh']}construct"].value.startswith("PREFIX")
    assert said[LABEL].value == "A member shares the stance of its group"
    page = wide.request("/rule/coverage", Accept=BROWSER)
    assert page.headers["Location"] == "/rule/coverage.html"
    assert "An act covers what lies in its territory" in wide.request("/rule/coverage.html").text


def test_a_large_class_is_complete_as_data_and_visibly_cut_on_the_page(snapshot_quads, wide):
    votes = {quad.subject for quad in snapshot_quads.by_object[ox.NamedNode(f"{ST}Vote")]}
    assert len(votes) > 3000
    path = f"/describe?iri={quote(ST + 'Vote', safe='')}"
    data = wide.request(f"{path}&format=nt")
    assert data.text.count(f"<{TYPE}> <{ST}Vote> .") > 3000
    page = wide.request(f"{path}&format=html")
    assert "25 of 3," in page.text
    (more,) = {link for link in Links(page.text).links if "property=" in link and "type" in link}
    assert more.startswith(path)
    first = wide.request(more)
    assert first.text.count("<li>") == 200
    assert "Page 1 of" in first.text
    last = wide.request(f"{more}&page={-(-len(votes) // 200)}")
    assert 0 < last.text.count("<li>") <= 200
    assert wide.request(f"{more}&page=999").status == 404
    assert wide.request(f"{more}&page=0").status == 404


def test_saved_queries_are_published_as_examples(wide):
    reply = wide.request("/.well-known/sparql-examples", Accept="application/n-triples")
    quads = set(ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES))
    count = len(list(paths.QUERIES.glob("*.rq")))
    executables = {quad.subject for quad in quads if quad.object.value.endswith("SPARQLExecutable")}
    assert len(executables) == count
    one = wide.request("/queries/seals", Accept="text/turtle")
    assert (one.status, one.type) == (200, "text/turtle; charset=utf-8")
    assert one.headers["Content-Location"] == "/queries/seals.ttl"
    own = set(ox.parse(one.body, format=ox.RdfFormat.TURTLE))
    assert {quad for quad in quads if quad.subject == ox.NamedNode(f"{names.QUERY}seals")} == own
    said = {quad.predicate.value.rpartition("/")[2]: quad.object for quad in own}
    assert said["target"].value == f"{wide.url}/sparql"
    text = said["shacl#select"].value
    assert wide.query(text, accept="text/csv").status == 200
    assert wide.request("/queries/nothing.ttl").json["type"].endswith("/unknown-query")


def test_versions_are_answered_while_they_are_current(wide):
    whole = wide.request("/ontology", Accept="text/turtle").body
    version = f"/ontology/{read_version()}"
    assert wide.request(version, Accept="text/turtle").body == whole
    assert wide.request("/ontology/9.9.9").status == 404


def read_version():
    text = (paths.ONTOLOGY / "stimson.ttl").read_text(encoding="utf-8")
    return text.partition('owl:versionInfo "')[2].partition('"')[0]


# The ways there, over a small snapshot

CYRILLIC = "\u0443\u043a\u0440\u0430\u0457\u043d\u0430"
SMALL = f"""{QUADS}\
<{ID}state/{CYRILLIC}> <{LABEL}> "plain"@en <{ONE}> .
<{ID}state/{quote(CYRILLIC)}-2> <{LABEL}> "encoded"@en <{ONE}> .
<{ID}state/two-graphs> <{LABEL}> "twice"@en <{ONE}> .
<{ID}state/two-graphs> <{LABEL}> "twice"@en <{TWO}> .
<{ID}state/knot> <{LABEL}> "knot"@en <{ONE}> .
<{ID}state/knot> <{ST}has> _:a <{ONE}> .
_:a <{ST}has> _:b <{ONE}> .
_:b <{ST}names> <{ID}state/arcadia> <{ONE}> .
_:b <{ST}has> _:a <{ONE}> .
_:top <{ST}lists> _:c <{TWO}> .
_:c <{ST}names> <{ID}state/knot> <{TWO}> .
_:top <{ST}note> "above" <{TWO}> .
_:far <{ST}names> <{ID}state/elsewhere> <{TWO}> .
<{STV}colours> <{TYPE}> <{SKOS}ConceptScheme> <{ONE}> .
<{STV}red> <{SKOS}inScheme> <{STV}colours> <{ONE}> .
<{STV}red> <{SKOS}definition> "as blood"@en <{ONE}> .
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Iterator[Site]:
    """A server over a small snapshot with all that is awkward."""
    store = tmp_path_factory.mktemp("small")
    write_snapshot(store, SMALL)
    with running(store, cache_mb="0") as site:
        yield site


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        (None, "ttl"),
        ("*/*", "ttl"),
        (BROWSER, "html"),
        *((kind, ending) for ending, kind in FORMS.items()),
        ("text/html;q=0.5, application/rdf+xml;q=0.7", "rdf"),
        ("application/ld+json, */*;q=0.1", "jsonld"),
    ],
)
def test_a_thing_sends_on_to_the_document_in_the_accepted_form(small, accept, ending):
    headers = {"Accept": accept} if accept else {}
    reply = small.request("/id/state/arcadia", **headers)
    assert (reply.status, reply.headers["Location"]) == (303, f"/id/state/arcadia.{ending}")
    assert "Accept" in varies(reply)
    head = small.request("/id/state/arcadia", method="HEAD", **headers)
    assert (head.status, head.headers["Location"]) == (303, reply.headers["Location"])
    document = small.request(reply.headers["Location"], Accept="image/png")
    assert (document.status, document.type.partition(";")[0]) == (200, FORMS[ending])
    assert "Arcadia" in document.text
    assert "Stance of Arcadia" in document.text  # how its neighbour is called


def varies(reply):
    return reply.headers["Vary"].split(", ")


def test_what_nobody_offers_is_not_sent(small):
    for path in (
        "/id/state/arcadia",
        "/graph/one",
        "/shapes",
        "/queries/seals",
        "/describe?iri=a:a",
    ):
        reply = small.request(path, Accept="image/png")
        assert reply.status in (404, 406), path
    reply = small.request("/id/state/arcadia", Accept="image/png")
    assert (reply.status, "text/turtle" in reply.json["detail"]) == (406, True)


@pytest.mark.parametrize("ending", FORMS)
def test_a_document_is_sent_once(small, ending):
    reply = small.request(f"/id/state/arcadia.{ending}")
    tag = reply.headers["ETag"]
    again = small.request(f"/id/state/arcadia.{ending}", If_None_Match=tag)
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    head = small.request(f"/id/state/arcadia.{ending}", method="HEAD")
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", tag)
    assert head.headers["Content-Length"] == str(len(reply.body))
    others = {small.request(f"/id/state/arcadia.{each}").headers["ETag"] for each in FORMS}
    assert len(others) == len(FORMS)


def test_no_two_documents_have_one_tag(small):
    documents = ("graph/one.ttl", "graph/one.nt", "graph/two.ttl", "graph/one.html", "shapes.nt")
    things = ("id/state/arcadia.ttl", "id/stance/arcadia-1.ttl", "id/state/arcadia.html")
    tags = [small.request(f"/{each}").headers["ETag"] for each in (*documents, *things)]
    assert None not in tags
    assert len(set(tags)) == len(tags)


def links(reply):
    """Read the `Link` headers: (relation, target, type)."""
    found = set()
    for each in reply.headers.get_all("Link"):
        target, *rest = each.split("; ")
        values = dict(part.split("=", 1) for part in rest)
        kind = values.get("type", "").strip('"')
        found.add((values["rel"].strip('"'), target.strip("<>"), kind))
    return found


def test_the_head_says_what_a_document_is_about_and_in_which_forms_it_comes(small):
    path = "/id/state/arcadia"
    sent_on = links(small.request(path))
    assert sent_on == {("describedby", f"{path}.{end}", kind) for end, kind in FORMS.items()}
    document = links(small.request(f"{path}.ttl"))
    alternates = {
        ("alternate", f"{path}.{end}", kind) for end, kind in FORMS.items() if end != "ttl"
    }
    assert document == alternates | {
        ("canonical", f"{path}.ttl", ""),
        ("describes", f"{ID}state/arcadia", ""),
        ("license", "https://creativecommons.org/licenses/by/4.0/", ""),
    }
    graph = small.request("/graph/one", Accept="application/trig")
    assert graph.headers["Content-Location"] == "/graph/one.trig"
    assert "Accept" in varies(graph)
    assert ("alternate", "/graph/one.ttl", "text/turtle") in links(graph)
    for path in ("/", "/sparql"):
        first = links(small.request(path, Accept=BROWSER))
        assert ("service-desc", "/sparql", "text/turtle") in first
        assert ("describedby", "/.well-known/void", "text/turtle") in first
    assert small.query("ASK {}").headers["Link"] is None


def test_behind_a_proxy_addresses_are_those_the_public_knows(tmp_path):
    write_snapshot(tmp_path)
    with running(tmp_path, public_url="https://example.org/graph/") as site:
        reply = site.request("/id/state/arcadia")
        assert reply.headers["Location"] == "https://example.org/graph/id/state/arcadia.ttl"
        assert "<https://example.org/graph/id/state/arcadia.nt>" in str(reply.headers)


def quads_of(site, path):
    reply = site.request(path)
    assert reply.status == 200, reply.text
    return set(ox.parse(reply.body, format=ox.RdfFormat.N_QUADS))


def without_document(quads, path):
    document = ox.NamedNode(f"{names.BASE[:-1]}{path}")
    own = {quad for quad in quads if quad.subject == document}
    assert {quad.graph_name for quad in own} == {document}
    return quads - own, own


def test_a_document_says_what_it_is_and_what_it_was_made_from_apart_from_the_thing(small):
    quads = quads_of(small, "/id/state/arcadia.nq")
    rest, own = without_document(quads, "/id/state/arcadia.nq")
    thing = ox.NamedNode(f"{ID}state/arcadia")
    said = {(names.shorten(quad.predicate.value), quad.object.value) for quad in own}
    edition = small.request("/readyz").text.strip()
    assert said == {
        ("rdf:type", f"{FOAF}Document"),
        ("foaf:primaryTopic", thing.value),
        ("void:inDataset", names.DATASET),
        ("prov:wasDerivedFrom", f"{names.DATASET}/{edition}"),
        ("dcterms:license", "https://creativecommons.org/licenses/by/4.0/"),
    }
    assert not [quad for quad in rest if quad.object == ox.NamedNode(names.DATASET)]
    assert small.request(f"/dataset/{edition}").status == 200


def expected(*parts):
    """Choose lines of the small snapshot by what they contain."""
    text = "".join(
        f"{line}\n" for line in SMALL.splitlines() if any(part in line for part in parts)
    )
    return set(ox.parse(text, format=ox.RdfFormat.N_QUADS))


def test_blank_nodes_come_whole_in_both_directions(small):
    found, _ = without_document(quads_of(small, "/id/state/knot.nq"), "/id/state/knot.nq")
    assert same(found, expected("state/knot", "_:a", "_:b", "_:top", "_:c"))
    assert "_:" not in small.request("/id/state/two-graphs.nq").text
    page = small.request("/id/state/knot.html").text
    assert "In axioms" in page
    assert "above" in page


def test_a_statement_of_two_graphs_is_in_both(small):
    found, _ = without_document(
        quads_of(small, "/id/state/two-graphs.nq"), "/id/state/two-graphs.nq"
    )
    assert {quad.graph_name.value for quad in found} == {ONE, TWO}
    assert small.request("/id/state/two-graphs.nt").text.count('"twice"') == 1
    trig = small.request("/id/state/two-graphs.trig")
    assert set(ox.parse(trig.body, format=ox.RdfFormat.TRIG)) >= found


def test_a_vocabulary_comes_with_its_concepts(small):
    assert "as blood" in small.request("/vocabulary/colours.ttl").text
    assert "red" in small.request("/vocabulary/colours.html").text


def test_letters_beyond_ascii_are_found_encoded_or_not(small):
    plain = small.request(f"/id/state/{quote(CYRILLIC)}")
    assert plain.headers["Location"] == f"/id/state/{quote(CYRILLIC)}.ttl"
    assert "plain" in small.request(plain.headers["Location"]).text
    assert "encoded" in small.request(f"/id/state/{quote(CYRILLIC)}-2.ttl").text
    assert "plain" in small.request(f"/id/state/{quote(CYRILLIC)}.html").text


def test_needless_percent_signs_change_nothing(small):
    assert small.request("/id/state/%61rcadia").headers["Location"] == "/id/state/arcadia.ttl"


def test_a_slash_too_many_is_taken_away(small):
    for path in ("/id/state/arcadia/", "/id/state/arcadia//"):
        reply = small.request(path)
        assert reply.status == 308
        assert reply.headers["Location"].removeprefix(small.url) in (
            "/id/state/arcadia",
            "/id/state/arcadia/",
        )


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/id/state/arcdia", "/id/state/arcadia.html"),
        ("/id/state/ARCADIA", "/id/state/arcadia.html"),
        ("/id/country/arcadia", "/id/state/arcadia.html"),
        ("/id/state/arcdia.ttl", "/id/state/arcadia.html"),
        ("/id/state/arcadia%00.ttl", "/id/state/arcadia.html"),
        ("/id/stance/stance-of-arcadia", "/id/stance/arcadia-1.html"),
    ],
)
def test_what_is_not_there_is_said_with_what_may_have_been_meant(small, path, meant):
    reply = small.request(path)
    assert (reply.status, reply.type) == (404, "application/problem+json")
    assert reply.json["suggestions"][0]["page"] == meant
    assert "Did you mean" in reply.json["detail"]
    assert meant in Links(small.request(path, Accept=BROWSER).text).links


@pytest.mark.parametrize(
    "path",
    [
        "/id/state/..",
        "/id/state/../state/arcadia.nothing",
        "/id/state/%2e%2e/%2e%2e/etc/passwd",
        "/id/state/%00",
        "/id/state/.ttl",
        "/id/state/%22%5C%7D",
        "/id/state/a%22)%20%7C%7C%20true%20%23",
        "/id/state/zzzzzzzz",
        "/rule/..%2fstimson",
        "/rule/nothing.html",
        "/graph/../etc",
        "/graph/nothing.ttl",
        "/vocabulary/%F0%9F%8C%8D",
        "/vocabulary",
        "/ontology/nothing",
        "/ontology.txt",
        "/shapes.txt",
        "/mappings/nothing",
    ],
)
def test_what_names_nothing_is_not_found(small, path):
    reply = small.request(path)
    assert (reply.status, reply.type) == (404, "application/problem+json"), reply.text
    assert "suggestions" not in reply.json or reply.json["suggestions"] == []


def test_every_graph_is_answered_under_its_name(small):
    for iri in (ONE, TWO):
        path = iri.removeprefix(names.BASE[:-1])
        reply = small.request(path, Accept=NQUADS)
        found = set(ox.parse(reply.body, format=ox.RdfFormat.N_QUADS))
        lines = expected(f"<{iri}> .")
        assert canonical(found) == canonical(lines)
        store = small.request(f"/store?graph={iri}", Accept="application/n-triples")
        plain = small.request(f"{path}.nt")
        assert sorted(plain.text.splitlines()) == sorted(store.text.splitlines())


# Somebody else's files


def test_other_data_are_described_without_our_name_or_licence(tmp_path):
    file = tmp_path / "other.trig"
    file.write_text(
        f"""@prefix e: <http://example.org/> .
e:a <{LABEL}> "in the default graph"@en ; e:knows e:b .
e:g {{ e:b <{LABEL}> "in a named graph"@en ; e:has [ e:note "unnamed" ] . }}
""",
        encoding="utf-8",
    )
    with serving(str(file)) as site:
        path = f"/describe?iri={quote('http://example.org/a', safe='')}"
        page = site.request(path, Accept=BROWSER)
        assert "in the default graph" in page.text
        quads = quads_of(site, f"{path}&format=nq")
        own = {quad for quad in quads if quad.subject.value.startswith(site.url)}
        graphs = {names.shorten(quad.predicate.value): quad.graph_name for quad in quads - own}
        assert graphs["<http://example.org/knows>"] == ox.DefaultGraph()
        assert graphs["rdfs:label"] in (ox.DefaultGraph(), ox.NamedNode("http://example.org/g"))
        assert not [quad for quad in own if quad.predicate.value.endswith("license")]
        other = f"/describe?iri={quote('http://example.org/b', safe='')}"
        assert "unnamed" in site.request(f"{other}&format=trig").text
        assert "unnamed" in site.request(f"{other}&format=html").text
        assert site.request("/shapes").status == 404
        assert json.loads(site.request("/rule/coverage").body)["status"] == 404
        assert 'rel="license"' not in str(site.request(f"{path}&format=ttl").headers)
