"""Nothing is imported, opened or started while a contribution is checked: the doors are shut.

What a library loads only when it is first used is loaded before, or the check fails; worse,
a library that cannot load its reader of a datatype says that the literal is ill-typed.
"""

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib.namespace import XSD as Known

from sandbox import sandbox
from stimson import names
from stimson.rdf import Folders, datatypes
from stimson.shacl.constraints import READERS
from stimson.validation.reports import FORMATS
from stimson.validation.sandbox import MEDIA_TYPES

COMPONENTS = Path(__file__).parent / "fixtures" / "components"
RDF, SH, XSD = (names.PREFIXES[prefix] for prefix in ("rdf", "sh", "xsd"))
PREFIXES = f"""\
@prefix rdfs: <{names.PREFIXES["rdfs"]}> .
@prefix source: <{names.ID}source/> .
@prefix st: <{names.ST}> .
@prefix xsd: <{XSD}> .
"""
# All that we judge, all that rdflib knows by name, and some that neither does.
DATATYPES = sorted(
    {
        *datatypes._CHECKS,
        *(f"{XSD}{name}" for name in Known.__annotations__),
        *(f"{RDF}{name}" for name in ("HTML", "JSON", "PlainLiteral")),
        "http://www.opengis.net/ont/geosparql#wktLiteral",
        "http://example.org/unknown",
    }
)
LONG = "9" * 5000  # digits, more than Python reads or writes
# Each is a value of some of them, and none of the others.
FORMS = [
    *("", " 1 ", "1", "-1", "1.50", "1e5", "INF", "NaN", "true", "abc", "a b", "ff", "AAAA"),
    *("2022-01-01", "2022-01-01Z", "2022-9-30", "2022-02-30", "2022-01-01T00:00:00.5+14:00"),
    *("2022-01-01T24:00:00", "12:00:00Z", "2022", "-0001", "2022-05", "--05", "--02-29", "---12"),
    *("P1D", "P1Y", "-P1Y2M3DT4H5M6.7S", "PT", "http://example.org/ a", "en-GB", "POINT(1 2)"),
    *("<p>a</p>", "<p>a", "<a/>", "<!DOCTYPE html><table><tr><td>&amp;", "{", "é", "\u0001"),
    *("a" * 5000, LONG, f"{LONG}-01-01", f"0.{LONG}", f"1e{LONG}", f"2022-01-01T00:00:00.{LONG}"),
    *(f"P{LONG}{unit}" for unit in "YMD"),
    *(f"PT{LONG}{unit}" for unit in "HMS"),
]
TEXTS = [
    *("e\u0301", "\u4e8c\ufffe", "\u200b\u202e", "\U0001f468\u200d\U0001f469 :smile: [b]x[/b]"),
    *("\u0e33\u0e48", "\u0001\u007f\u009b", "a\u2028b\u0085c", "<b>&\"'", "a" * 5000),
]


@pytest.fixture(scope="module")
def shipped():
    with sandbox() as made:
        yield made


def value(text: str, datatype: str) -> str:
    return str(ox.Literal(text, datatype=ox.NamedNode(datatype)))


def thing(*values: str) -> str:
    """Write a contribution on which shapes, both readers of literals and a report have a say."""
    listed = " , ".join(values)
    return f"{PREFIXES}source:a a st:Source ; st:notBefore {listed} ; rdfs:label {listed} .\n"


def triples() -> list[ox.Triple]:
    texts = (str(ox.Literal(text)) for text in TEXTS)
    dates = (value(text, f"{XSD}date") for text in TEXTS)
    return [quad.triple for quad in ox.parse(thing(*texts, *dates), format=ox.RdfFormat.TURTLE)]


@pytest.mark.parametrize("datatype", DATATYPES, ids=names.shorten)
def test_every_datatype_is_judged_with_what_was_loaded_before(shipped, datatype):
    literals = [
        f'"{form}"@en' if datatype == f"{RDF}langString" else value(form, datatype)
        for form in FORMS
    ]

    watch = shipped.check(thing(*literals))

    assert watch.late == []
    assert {finding["line"] for finding in watch.findings} == {5}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_every_format_is_read_and_written_with_what_was_loaded_before(shipped, media_type, form):
    body = ox.serialize(triples(), format=MEDIA_TYPES[media_type])

    for content in (body, b"\xff" + body, body[: len(body) // 2], b""):
        watch = shipped.check(content, media_type, form)
        assert watch.late == []
        assert not watch.conforms


@pytest.mark.parametrize("engine", ["ours", "pySHACL"])
def test_every_component_finds_with_what_was_loaded_before(tmp_path, engine):
    folders = Folders(tmp_path / "ontology", tmp_path / "shapes", tmp_path / "data")
    for folder in folders.parts().values():
        folder.mkdir()
        (folder / "a.ttl").write_text("<http://example.org/b> a <http://example.org/B> .\n")
    shapes = (COMPONENTS / "shapes.ttl").read_text()
    if engine == "pySHACL":  # which applies all shapes where one of them changes the data
        shapes += ":Always sh:rule [ a sh:TripleRule ; sh:subject sh:this ;"
        shapes += " sh:predicate :p ; sh:object :o ] .\n"
    (folders.shapes / "a.ttl").write_text(shapes)

    with sandbox(tmp_path) as made:
        watch = made.check((COMPONENTS / "data.ttl").read_bytes())

    assert watch.late == []
    assert [each["message"] for each in watch.findings if "unusable" in each["rule"]] == []
    assert {each["component"] for each in watch.findings} - {None} == components()


def components() -> set[str]:
    """List the components that the shapes use."""
    graph = ox.parse((COMPONENTS / "shapes.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    assert set(READERS) <= {quad.predicate for quad in graph}, "a new component has no example"
    parameters = (each.value.removeprefix(SH) for each in READERS)
    ours = {COMPONENT_OF.get(name, f"{name[0].upper()}{name[1:]}") for name in parameters}
    found = {f"{SH}{name}ConstraintComponent" for name in (*ours, "Expression")}
    return {*found, "http://example.org/Component"}


# Of those that have several parameters, the one that names the component.
COMPONENT_OF = {
    "ignoredProperties": "Closed",
    "qualifiedValueShape": "QualifiedMinCount",
    "qualifiedValueShapesDisjoint": "QualifiedMaxCount",
    "sparql": "SPARQL",
}


def test_what_our_modules_import_late_is_loaded_before_the_doors_close():
    script = Path(__file__).with_name("late_imports.py")
    command = [sys.executable, str(script)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    late = {line.rpartition(" ")[2] for line in run.stdout.splitlines()}
    assert late == {"stimson.reasoning"}, "no check of a contribution draws conclusions"
