"""Every constraint has been seen to reject bad data, and to let good data pass.

The files in ``shapes/examples`` make up one small world: a bad thing differs from a good
one in what its ``ex:breaks`` names, as ``Shape.constraint``, and may point to any other.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import OWL, RDF, SH, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from stimson import names
from turtle_files import EXAMPLE_FILES, ONTOLOGY_FILES, SHAPE_FILES, iris, local, read

EX = Namespace("https://example.org/test/")
SHAPES = read(*SHAPE_FILES)
ONTOLOGY = read(*ONTOLOGY_FILES)
GOOD = [path for path in EXAMPLE_FILES if path.name.endswith(".good.ttl")]
BAD = [path for path in EXAMPLE_FILES if path.name.endswith(".bad.ttl")]
TARGETS = (SH.targetClass, SH.targetSubjectsOf)
# What a shape says of itself, or hands on to another; the rest is what it demands.
NOT_CONSTRAINTS = {
    *(RDF.type, SH.path, SH.name, SH.severity, SH.message, SH.property, SH.qualifiedValueShape),
    *TARGETS,
}
PUBLIC = {shape for target in TARGETS for shape in SHAPES.subjects(target)}
SPEAKING = PUBLIC | {member for shape in PUBLIC for member in SHAPES.objects(shape, SH.property)}


def stem(path: Path) -> str:
    return path.name.removesuffix(".ttl")


def choice(shape: Node) -> list[Node]:
    """List the branches of the ``sh:or`` of `shape`."""
    return list(Collection(SHAPES, SHAPES.value(shape, SH["or"])))


CHOICES = [(shape, branch) for shape in SHAPES.subjects(SH["or"]) for branch in choice(shape)]


def constraints(shape: Node) -> set[str]:
    """Name what `shape` demands, as ``Shape.constraint``; queries bear names of their own."""
    own = set(SHAPES.predicates(shape)) - NOT_CONSTRAINTS - {SH.sparql}
    return {f"{local(shape)}.{local(term)}" for term in own} | {
        f"{local(query)}.sparql" for query in SHAPES.objects(shape, SH.sparql)
    }


def results(data: Graph, shapes: Graph) -> Iterator[tuple[Node, str, Node | None]]:
    """Validate `data`: what breaks, as ``Shape.constraint``, and how grave it is."""
    _, report, _ = validate(data, shacl_graph=shapes, advanced=True, inplace=True)
    for result in report.objects(None, SH.result):
        said_by = report.value(result, SH.sourceConstraint) or report.value(result, SH.sourceShape)
        component = local(report.value(result, SH.sourceConstraintComponent))
        rule = component.removesuffix("ConstraintComponent")
        rule = "sparql" if rule == "SPARQL" else f"{rule[0].lower()}{rule[1:]}"
        focus, severity = (report.value(result, term) for term in (SH.focusNode, SH.resultSeverity))
        yield focus, f"{local(said_by)}.{rule}", severity


@pytest.fixture(scope="session")
def world() -> Graph:
    return ONTOLOGY + read(*EXAMPLE_FILES)


@pytest.fixture(scope="session")
def broken(world) -> dict[Node, set[str]]:
    """Say for each thing in the world what it breaks, from one run over all of it."""
    found = defaultdict(set)
    for focus, rule, _ in results(world, SHAPES):
        found[focus].add(rule)
    return dict(found)


def test_every_shape_with_a_target_has_a_good_and_a_bad_example_and_no_example_is_left_over():
    wanted = {f"{local(shape)}.{kind}" for shape in PUBLIC for kind in ("good", "bad")}

    assert {stem(path) for path in EXAMPLE_FILES} == wanted


@pytest.mark.parametrize("path", GOOD, ids=stem)
def test_a_good_example_breaks_nothing(path, broken):
    things = set(read(path).subjects())

    assert things
    assert {local(thing): broken[thing] for thing in things & set(broken)} == {}


@pytest.mark.parametrize("path", BAD, ids=stem)
def test_a_bad_example_breaks_what_it_says_and_nothing_else(path, broken):
    graph = read(path)
    declared = defaultdict(set)
    for thing, rule in graph.subject_objects(EX.breaks):
        declared[local(thing)].add(str(rule))

    found = {local(thing): broken[thing] for thing in set(graph.subjects()) & set(broken)}
    assert found == declared


def test_the_ontology_breaks_nothing(world, broken):
    examples = set(read(*EXAMPLE_FILES).subjects())

    assert {thing: rules for thing, rules in broken.items() if thing not in examples} == {}


def test_every_constraint_is_broken_by_a_bad_example():
    declared = {str(rule) for rule in read(*BAD).objects(None, EX.breaks)}

    assert declared == {rule for shape in SPEAKING for rule in constraints(shape)}


def mutants() -> Iterator[tuple[Node, Graph]]:
    """Write each choice anew without one of its branches, under a name that says which."""
    for shape, branch in CHOICES:
        mutant, graph = URIRef(f"{shape}-without-{local(branch)}"), Graph()
        owner = SHAPES.value(None, SH.property, shape) or shape
        graph += [(mutant, term, thing) for term, thing in SHAPES[owner] if term in TARGETS]
        rest = Collection(graph, BNode(), [other for other in choice(shape) if other != branch])
        if path := SHAPES.value(shape, SH.path):
            mutant, node = URIRef(f"{mutant}-here"), mutant
            graph += [(node, SH.property, mutant), (mutant, SH.path, path)]
        graph.add((mutant, SH["or"], rest.uri))
        yield mutant, graph


def test_every_branch_of_a_choice_is_needed_by_a_good_example(world):
    changed = dict(mutants())
    good = set(read(*GOOD).subjects())
    shapes = sum(changed.values(), start=SHAPES)
    for target in TARGETS:
        shapes -= SHAPES.triples((None, target, None))

    found = results(world, shapes)
    needed = {rule.removesuffix(".or") for focus, rule, _ in found if focus in good}
    assert {local(mutant) for mutant in changed} - needed == set()


def test_every_class_has_a_shape_of_its_name_in_the_file_of_its_module():
    expected, found = set(), set()
    for path in ONTOLOGY_FILES:
        graph = read(path)
        classes = iris(graph.subjects(RDF.type, OWL.Class)) - set(graph.subjects(OWL.deprecated))
        expected |= {(path.name, local(name), name) for name in classes}
    for path in SHAPE_FILES:
        for shape, target in read(path).subject_objects(SH.targetClass):
            found.add((path.name, local(shape), target))

    assert expected - found == set()


def test_every_property_is_judged_by_a_shape():
    properties = {
        name
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty)
        for name in ONTOLOGY.subjects(RDF.type, kind)
    }
    assert properties - set(SHAPES.objects()) == set()


def test_every_shape_has_a_name_and_is_in_use():
    kinds = (SH.NodeShape, SH.PropertyShape)
    shapes = {shape for kind in kinds for shape in SHAPES.subjects(RDF.type, kind)}
    branches = {branch for shape, branch in CHOICES}
    used = SPEAKING | branches | set(SHAPES.objects(None, SH.qualifiedValueShape))

    assert shapes == used
    assert all(str(shape).startswith(names.SHAPE) for shape in shapes)


def test_every_shape_that_speaks_says_the_rule_and_the_cure():
    queries = set(SHAPES.objects(None, SH.sparql))
    demanding = {shape for shape in SPEAKING if constraints(shape)}
    for shape in demanding:
        assert SHAPES.value(shape, SH.severity) in {SH.Violation, SH.Warning, SH.Info}, shape
    # Where a query finds the fault, the message is the query's.
    for shape in queries | demanding - set(SHAPES.subjects(SH.sparql)):
        (message,) = SHAPES.objects(shape, SH.message)
        assert isinstance(message, Literal)
        assert message.language == "en"
        assert re.fullmatch(r"[A-Z].*\. [A-Z].*\.", message), message
        assert len(re.findall(r"\.( |$)", message)) == 2, message


def test_every_property_shape_that_speaks_is_named_after_its_class_and_has_a_label():
    for node, shape in SHAPES.subject_objects(SH.property):
        homes = {local(owner) for owner in SHAPES.subjects(SH.property, shape)}
        assert local(shape).split("-")[0] in homes, (node, shape)
        assert isinstance(SHAPES.value(shape, SH.name), Literal), shape


def test_no_shape_demands_nothing():
    assert not set(SHAPES.subjects(SH.minCount, Literal(0)))
