"""Turtle files become named graphs that keep what git holds, letter by letter."""

import os
import subprocess
import sys

import pyoxigraph as ox
import pytest
from rdflib import BNode
from rdflib.compare import isomorphic

from stimson.errors import InvalidFile, InvalidFiles, NothingToRead
from stimson.rdf import Folders, Index, find_files, read_dataset, read_document, to_turtle
from stimson.rdf.rdflib_bridge import from_rdflib

GRAPH = "https://w3id.org/stimson/graph/"


def read(tmp_path, text, name="x.ttl"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_document(f"{GRAPH}{name}", "data", path)


def test_each_file_is_one_graph_named_by_its_path_and_examples_stay_out(project):
    assert sorted(read_dataset(project.folders).documents) == [
        f"{GRAPH}data/actors/states",
        f"{GRAPH}data/sources/minutes-2031",
        f"{GRAPH}ontology/mini",
        f"{GRAPH}ontology/vocabularies/speech-acts",
        f"{GRAPH}shapes/mini",
    ]


def test_lexical_forms_stay_as_they_are(tmp_path):
    document = read(tmp_path, '<a:a> <a:b> 007 , "x"@en-GB , "1.50"^^<a:c> , "2031-02-30" .')
    forms = {"007", "x", "1.50", "2031-02-30"}

    assert {triple.object.value for triple in document.triples} == forms
    assert {str(value) for value in document.graph.objects()} == forms


def test_a_triple_that_is_stated_twice_counts_once(tmp_path):
    document = read(
        tmp_path, '<a:a> <a:b> "x" , "x" , "x"^^<http://www.w3.org/2001/XMLSchema#string> .'
    )

    assert (len(document.triples), len(document.index), len(document.graph)) == (1, 1, 1)


def test_blank_nodes_of_two_files_stay_apart_and_keep_their_labels(tmp_path):
    text = "_:x <a:b> [ <a:c> 1 ] , _:x ."
    first, again = (read(tmp_path, text) for _ in range(2))
    other = read(tmp_path, text, "y.ttl")

    assert first.triples == again.triples
    assert isomorphic(first.graph, other.graph)
    nodes = {node for node in other.graph.all_nodes() if type(node) is BNode}
    assert len(nodes) == 2
    assert not set(first.graph.all_nodes()) & nodes


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
        read(tmp_path, text)

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


def test_a_project_may_have_neither_ontology_nor_shapes(project):
    data = project.folders.data

    assert {part for part, _ in find_files(Folders(None, None, data)).values()} == {"data"}


def test_parts_are_read_alone_and_together(project):
    dataset = read_dataset(project.folders)
    number = {part: len(list(dataset.triples(part))) for part in ("ontology", "shapes", "data")}

    assert len(dataset.index()) == sum(number.values())
    assert len(dataset.index("ontology", "data")) == number["ontology"] + number["data"]
    assert dataset.index("data", "ontology") is dataset.index("ontology", "data")
    assert len(dataset.union("shapes")) == number["shapes"]


def test_terms_come_back_from_rdflib_unchanged(project):
    dataset = read_dataset(project.folders)

    assert set(from_rdflib(dataset.union())) == set(dataset.triples())


def test_an_index_finds_what_the_triples_say():
    text = """@prefix : <http://example.org/> .
    :a :p 1, 01, 1 ; :q :b . :c :p 1 ; :list ( 1 :a "x" ) . :d :list [ ] ."""
    triples = list(ox.parse(text, format=ox.RdfFormat.TURTLE))
    index = Index(triples)

    def e(name):
        return ox.NamedNode(f"http://example.org/{name}")

    one = ox.Literal(1)
    assert len(index) == len({quad.triple for quad in triples})
    assert {ox.Triple(*triple) for triple in index} == {quad.triple for quad in triples}
    assert [value.value for value in index.objects(e("a"), e("p"))] == ["1", "01"]
    assert index.subjects(e("p"), one) == [e("a"), e("c")]
    assert index.subjects_with(e("p")) == [e("a"), e("c")]
    assert index.value(e("a"), e("q")) == e("b")
    assert (index.value(e("b"), e("q")), index.subjects(e("q"), e("a"))) == (None, [])
    assert (e("a"), e("p"), one) in index
    assert (e("a"), e("q"), one) not in index
    assert (e("a"), e("p"), e("unheard")) not in index
    assert index.terms[index.number(e("b"))] == e("b")
    assert (index.is_subject(e("a")), index.is_subject(e("b"))) == (True, False)
    assert index.items(index.value(e("c"), e("list"))) == [one, e("a"), ox.Literal("x")]
    assert index.items(index.value(e("d"), e("list"))) == []


def test_an_endless_list_ends():
    text = "_:l <{0}first> 1 ; <{0}rest> _:l .".format(
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    )
    index = Index(ox.parse(text, format=ox.RdfFormat.TURTLE))

    assert index.items(index.terms[0]) == [ox.Literal(1)]


def test_turtle_is_stable_and_has_only_the_prefixes_it_uses():
    state = "https://w3id.org/stimson/id/state/"
    property_ = ox.NamedNode("https://w3id.org/stimson/ontology#p")
    triples = [
        ox.Triple(ox.NamedNode(f"{state}{name}"), property_, ox.Literal(name)) for name in "ba"
    ]

    assert to_turtle(triples) == to_turtle(reversed(triples))
    assert to_turtle(triples).splitlines() == [
        "@prefix st: <https://w3id.org/stimson/ontology#> .",
        f"@prefix state: <{state}> .",
        'state:a st:p "a" .',
        'state:b st:p "b" .',
    ]


@pytest.fixture
def without_rdflib(tmp_path):
    """Name a folder in which the slow libraries are broken: whoever imports one fails."""
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("rdflib", "pyshacl", "owlrl"):
        (folder / f"{name}.py").write_text("raise ImportError('slow, and not needed here')\n")
    return str(folder)


def test_reading_and_reasoning_need_no_rdflib(without_rdflib):
    modules = "rdf", "rdf.turtle.source_map", "sources.quotations", "reasoning", "project"
    code = "".join(f"import stimson.{name}\n" for name in modules)
    code += (
        "from stimson.rdf import Folders, read_dataset\n"
        "from stimson.reasoning import contradictions, infer\n"
        "print(contradictions(infer(read_dataset(Folders()), Folders())))"
    )
    environment = os.environ | {"PYTHONPATH": without_rdflib}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, text=True, env=environment
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("command", ["validate", "reason", "build"])
def test_on_sound_data_no_command_needs_rdflib(work, without_rdflib, command):
    done = work(command, PYTHONPATH=without_rdflib)

    assert done.returncode == 0, done.stderr


def test_nor_does_a_validation_that_finds_something(work, project, without_rdflib):
    project.change(project.minutes, "stv:denial", "stv:denail")
    done = work("validate", PYTHONPATH=without_rdflib)

    assert "1 violation" in done.stdout
    assert (done.returncode, done.stderr) == (1, "")


def test_an_import_of_a_slow_library_would_be_noticed(without_rdflib):
    # This is what the tests above rely on.
    done = subprocess.run(
        [sys.executable, "-c", "import stimson.rdf.rdflib_bridge"],
        capture_output=True,
        check=False,
        text=True,
        env=os.environ | {"PYTHONPATH": without_rdflib},
    )

    assert "slow, and not needed here" in done.stderr
