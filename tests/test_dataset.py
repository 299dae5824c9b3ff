"""Turtle files become named graphs that keep what git holds, letter by letter."""

import pyoxigraph
import pytest
from rdflib import BNode, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import XSD

from stimson.dataset import find_files, read_dataset, read_turtle, to_quads, to_turtle
from stimson.errors import InvalidFile, InvalidFiles, NothingToRead

GRAPH = "https://w3id.org/stimson/graph/"


def turtle(tmp_path, text, name="x.ttl"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_turtle(path, f"{GRAPH}{name}")


def test_each_file_is_one_graph_named_by_its_path_and_examples_stay_out(project):
    assert sorted(read_dataset(project.folders).documents) == [
        f"{GRAPH}data/actors/states",
        f"{GRAPH}data/sources/minutes-2031",
        f"{GRAPH}ontology/mini",
        f"{GRAPH}ontology/vocabularies/speech-acts",
        f"{GRAPH}shapes/mini",
    ]


def test_lexical_forms_stay_as_they_are(tmp_path):
    graph = turtle(tmp_path, '<a:a> <a:b> 007 , "x"@en-GB , "1.50"^^<a:c> , "2031-02-30" .')

    assert {str(value) for value in graph.objects()} == {"007", "x", "1.50", "2031-02-30"}


def test_a_plain_string_and_one_typed_as_string_are_one_term(tmp_path):
    graph = turtle(tmp_path, f'<a:a> <a:b> "x" , "x"^^<{XSD.string}> .')

    assert list(graph.objects()) == [Literal("x")]


def test_blank_nodes_of_two_files_stay_apart_and_keep_their_labels(tmp_path):
    first, again = (turtle(tmp_path, "_:x <a:b> [ <a:c> 1 ] .") for _ in range(2))
    other = turtle(tmp_path, "_:x <a:b> [ <a:c> 1 ] .", "y.ttl")

    assert set(first) == set(again)
    assert isomorphic(first, other)
    assert not set(first.all_nodes()) & {node for node in other.all_nodes() if type(node) is BNode}


@pytest.mark.parametrize(
    ("text", "line", "column", "problem"),
    [
        ("<a:a> <a:b>\n  no:prefix .", 2, 3, "prefix no: has not been declared"),
        ("<a:a> <a:b> <relative> .", 1, 13, "No scheme found"),
        (b"<a:a> <a:b>\n 'na\xefve' .", 2, 5, "save the file as UTF-8"),
        ("<a:a> <a:b> <<( <a:a> <a:b> 1 )>> .", None, None, "not RDF 1.1"),
        ('<a:a> <a:b> "x"@ar--rtl .', None, None, "not RDF 1.1"),
    ],
)
def test_a_file_that_cannot_be_read_names_the_place(tmp_path, text, line, column, problem):
    with pytest.raises(InvalidFile, match=problem) as caught:
        turtle(tmp_path, text)

    assert (caught.value.line, caught.value.column) == (line, column)


def test_all_unreadable_files_are_named_at_once(project):
    (project.root / "data" / "bad.ttl").write_text("x")
    (project.root / "shapes" / "bad.ttl").write_text("y")

    with pytest.raises(InvalidFiles) as caught:
        read_dataset(project.folders)

    assert [fault.path.parent.name for fault in caught.value.faults] == ["shapes", "data"]


def test_a_folder_without_turtle_is_refused(project):
    for path in (project.root / "shapes").glob("*.ttl"):  # the examples do not count
        path.unlink()

    with pytest.raises(NothingToRead, match="name the shapes folder with --shapes"):
        find_files(project.folders)


def test_terms_come_back_from_pyoxigraph_unchanged(project):
    graph = read_dataset(project.folders).union()
    quads = to_quads(graph, GRAPH)
    text = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.TURTLE)

    again = turtle(project.root, text)

    assert isomorphic(again, graph)


def test_turtle_is_stable_and_has_only_the_prefixes_it_uses():
    state = "https://w3id.org/stimson/id/state/"
    triples = [
        (URIRef(f"{state}{name}"), URIRef("https://w3id.org/stimson/ontology#p"), Literal(name))
        for name in ("b", "a")
    ]

    assert to_turtle(triples) == to_turtle(reversed(triples))
    assert to_turtle(triples).splitlines() == [
        "@prefix st: <https://w3id.org/stimson/ontology#> .",
        f"@prefix state: <{state}> .",
        'state:a st:p "a" .',
        'state:b st:p "b" .',
    ]
