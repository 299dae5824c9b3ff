"""Shapes without effect: an engine says nothing of a misspelt target or term.

The terms are those of SHACL Core and SPARQL (https://www.w3.org/TR/shacl/) and of the notes on
advanced features and JavaScript (https://www.w3.org/TR/shacl-af/,
https://www.w3.org/TR/shacl-js/).
"""

from collections.abc import Callable, Iterator
from functools import cached_property, partial

import pyoxigraph as ox

from .. import names, processes
from ..errors import NothingToRead
from ..findings import Finding
from ..rdf import Dataset, Index, Statement, Term, display, named, to_quads
from .stages import UNFINISHED, ValidationContext

_TYPE, _BELOW = named("rdf:type"), named("rdfs:subClassOf")
_CLASSES = (named("owl:Class"), named("rdfs:Class"))
_SHAPES = (named("sh:NodeShape"), named("sh:PropertyShape"))
_TARGETS = tuple(
    named(f"sh:{name}")
    for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target")
)
_CLASS, _NODE, _SUBJECTS, _OBJECTS, _CUSTOM = _TARGETS
_SELECT, _PREFIXES, _DECLARE = named("sh:select"), named("sh:prefixes"), named("sh:declare")
_PREFIX, _NAMESPACE = named("sh:prefix"), named("sh:namespace")
SHARE = 0.2  # of the time that is left, for one target
_DEACTIVATED, _TRUE = named("sh:deactivated"), ox.Literal(True)


def check_targets(context: ValidationContext) -> Iterator[Finding]:
    """Find shapes without a target they could ever have, and unknown SHACL terms.

    Whoever borrows shapes need not have something for each of them.
    """
    if context.project.borrows_shapes:
        return
    shapes = context.dataset.index("shapes")
    if not _all_shapes(shapes):
        raise NothingToRead("The shapes hold no sh:NodeShape; name their folder with --shapes.")
    check = _Check(context.dataset)
    for triple in shapes:
        for problem in (check.target(triple), _unknown_term(triple)):
            if isinstance(problem, processes.Cut):
                message = f"What this target selects is not known: {problem.problem}."
                yield context.places.finding(UNFINISHED, "violation", message, *triple)
            elif problem is not None:
                yield context.places.finding(
                    f"{names.RULE}shape-without-effect", "violation", problem, *triple
                )
    for shape in _unused(shapes):
        message = f"{display(shape)} has no target, and no shape in use refers to it; give it one."
        yield context.places.finding(
            f"{names.RULE}shape-without-effect", "violation", message, shape
        )


class _Check:
    """Judges targets by what ontology and data hold."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._shapes = dataset.index("shapes")
        self._ontology = dataset.index("ontology")
        self._data = dataset.index("ontology", "data")
        self._judges: dict[ox.NamedNode, Callable[[Term, Term], str | processes.Cut | None]] = {
            _TYPE: self._implicit,
            _CLASS: self._class,
            _NODE: self._node,
            _SUBJECTS: self._property,
            _OBJECTS: self._property,
            _CUSTOM: self._custom,
        }

    @cached_property
    def _store(self) -> ox.Store:
        """Ontology and data, for targets that are queries."""
        store = ox.Store()
        triples = self._dataset.triples("ontology", "data")
        store.bulk_extend(to_quads(triples, names.GRAPH))
        return store

    def target(self, triple: Statement) -> str | processes.Cut | None:
        """Say why the target that a triple states selects nothing, if it does not.

        A `Cut` if that could not be found out.
        """
        shape, path, value = triple
        judge = self._judges.get(path)
        return None if judge is None else judge(shape, value)

    def _implicit(self, shape: Term, kind: Term) -> str | None:
        """Judge a shape that is a class, too."""
        is_shape = not set(_SHAPES).isdisjoint(self._shapes.objects(shape, _TYPE))
        return self._class(shape, shape) if kind in _CLASSES and is_shape else None

    def _class(self, _: Term, value: Term) -> str | None:
        is_class = any((value, _TYPE, kind) in self._ontology for kind in _CLASSES)
        if is_class or any(self._data.subjects(_TYPE, each) for each in self._below(value)):
            return None
        return f"{display(value)} is no class of the ontology, so this shape checks nothing."

    def _below(self, value: Term) -> list[Term]:
        """List a class and those below it."""
        found = [value]
        for each in found:
            found += [below for below in self._data.subjects(_BELOW, each) if below not in found]
        return found

    def _property(self, _: Term, value: Term) -> str | None:
        if isinstance(value, ox.NamedNode) and (
            self._ontology.objects(value, _TYPE) or self._data.subjects_with(value)
        ):
            return None
        return f"{display(value)} is no known property, so this shape checks nothing."

    def _node(self, _: Term, value: Term) -> str | None:
        if self._data.number(value) is not None:
            return None
        return f"{display(value)} is in no file of data, so this shape checks nothing."

    def _custom(self, _: Term, value: Term) -> str | processes.Cut | None:
        """Judge a target in SPARQL; one that is no query is left to those who apply it."""
        select = self._shapes.value(value, _SELECT)
        if not isinstance(select, ox.Literal):
            return None
        query = "".join((*self._prologue(value), select.value))
        # A query that names another endpoint does not reach it: nothing can be opened.
        task = partial(_selected, self._store, query)
        ((problem,),) = processes.run([[task]], SHARE, is_closed=True)
        return problem

    def _prologue(self, target: Term) -> Iterator[str]:
        for owner in self._shapes.objects(target, _PREFIXES):
            for one in self._shapes.objects(owner, _DECLARE):
                prefix = self._shapes.value(one, _PREFIX)
                space = self._shapes.value(one, _NAMESPACE)
                if isinstance(prefix, ox.Literal) and isinstance(space, ox.Literal):
                    yield f"PREFIX {prefix.value}: <{space.value}>\n"


def _selected(store: ox.Store, query: str) -> str | None:
    """Ask the query of a target, and say so if it selects nothing."""
    try:
        found = store.query(query, use_default_graph_as_union=True)
        if not isinstance(found, ox.QuerySolutions) or next(found, None) is not None:
            return None
    except SyntaxError:
        return None
    except (OSError, RuntimeError):
        return "The query of this target has no answer, and nothing is fetched for it."
    return "This target selects nothing, so this shape checks nothing."


def _all_shapes(shapes: Index) -> list[Term]:
    """List the shapes that are declared, and those that are so by having a target."""
    declared = [shape for kind in _SHAPES for shape in shapes.subjects(_TYPE, kind)]
    return list(dict.fromkeys([*declared, *_targeted(shapes)]))


def _targeted(shapes: Index) -> list[Term]:
    """List the shapes that start a validation."""
    explicit = [shape for path in _TARGETS for shape in shapes.subjects_with(path)]
    declared = {shape for kind in _SHAPES for shape in shapes.subjects(_TYPE, kind)}
    classes = [each for kind in _CLASSES for each in shapes.subjects(_TYPE, kind)]
    return [*explicit, *(each for each in classes if each in declared)]


def _unused(shapes: Index) -> list[Term]:
    """List the shapes that no targeted one leads to; of several that hang together, one."""
    reached = _reach(shapes, _targeted(shapes))
    idle = [shape for shape in _all_shapes(shapes) if shape not in reached]
    below = {shape: _reach(shapes, [shape]) - {shape} for shape in idle}
    unused: list[Term] = []
    # First those that no other leads to, then what is left: circles.
    for shape in sorted(idle, key=lambda each: sum(each in found for found in below.values())):
        if shape not in reached and (shape, _DEACTIVATED, _TRUE) not in shapes:
            unused.append(shape)
        reached |= {shape} | below[shape]
    return unused


def _reach(shapes: Index, start: list[Term]) -> set[Term]:
    """Follow all triples from some nodes on."""
    seen, queue = set(start), list(start)
    for node in queue:
        number = shapes.number(node)
        for values in shapes.by_subject.get(-1 if number is None else number, {}).values():
            new = {shapes.terms[value] for value in values} - seen
            seen |= new
            queue += new
    return seen


def _unknown_term(triple: Statement) -> str | None:
    unknown = [term for term in triple[1:] if _is_unknown(term)]
    return f"{display(unknown[0])} is no term of SHACL, so it checks nothing." if unknown else None


def _is_unknown(term: Term) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(SH) and term.value not in TERMS


SH = names.PREFIXES["sh"]

# Each stands for itself, its component, and the parameter's IRI that the standard makes of both.
_COMPONENTS = {
    "And": "and",
    "Class": "class",
    "Closed": "closed ignoredProperties",
    "Datatype": "datatype",
    "Disjoint": "disjoint",
    "Equals": "equals",
    "Expression": "expression",
    "HasValue": "hasValue",
    "In": "in",
    "LanguageIn": "languageIn",
    "LessThan": "lessThan",
    "LessThanOrEquals": "lessThanOrEquals",
    "MaxCount": "maxCount",
    "MaxExclusive": "maxExclusive",
    "MaxInclusive": "maxInclusive",
    "MaxLength": "maxLength",
    "MinCount": "minCount",
    "MinExclusive": "minExclusive",
    "MinInclusive": "minInclusive",
    "MinLength": "minLength",
    "Node": "node",
    "NodeKind": "nodeKind",
    "Not": "not",
    "Or": "or",
    "Pattern": "pattern flags",
    "Property": "property",
    "QualifiedMaxCount": "qualifiedMaxCount qualifiedValueShape qualifiedValueShapesDisjoint",
    "QualifiedMinCount": "qualifiedMinCount qualifiedValueShape qualifiedValueShapesDisjoint",
    "SPARQL": "sparql",
    "UniqueLang": "uniqueLang",
    "Xone": "xone",
}
_OTHERS = (
    # Core: shapes, targets, paths, kinds of nodes
    "Shape NodeShape PropertyShape PropertyGroup NodeKind BlankNode BlankNodeOrIRI "
    "BlankNodeOrLiteral IRI IRIOrLiteral Literal Severity Info Warning Violation "
    "targetClass targetNode targetObjectsOf targetSubjectsOf path inversePath alternativePath "
    "zeroOrMorePath oneOrMorePath zeroOrOnePath deactivated message severity name description "
    "order group defaultValue entailment shapesGraph suggestedShapesGraph "
    # Core: reports
    "AbstractResult ValidationReport ValidationResult conforms result resultSeverity "
    "resultPath resultMessage focusNode value sourceShape sourceConstraint "
    "sourceConstraintComponent detail shapesGraphWellFormed "
    # SPARQL
    "ConstraintComponent Parameter Parameterizable Validator PrefixDeclaration "
    "SPARQLExecutable SPARQLAskExecutable SPARQLSelectExecutable SPARQLConstructExecutable "
    "SPARQLUpdateExecutable SPARQLConstraint SPARQLAskValidator SPARQLSelectValidator "
    "parameter optional labelTemplate validator nodeValidator propertyValidator "
    "ask select construct update prefixes declare prefix namespace "
    # Advanced features
    "Target TargetType SPARQLTarget SPARQLTargetType target Function SPARQLFunction returnType "
    "ResultAnnotation resultAnnotation annotationProperty annotationValue annotationVarName "
    "Rule SPARQLRule TripleRule rule condition subject predicate object this filterShape nodes "
    "intersection union "
    # JavaScript
    "JSExecutable JSLibrary JSConstraint JSConstraintComponent JSFunction JSRule JSTarget "
    "JSTargetType JSValidator js jsFunctionName jsLibrary jsLibraryURL JSConstraint-js"
)


def _all() -> Iterator[str]:
    yield from _OTHERS.split()
    for name, parameters in _COMPONENTS.items():
        component = f"{name}ConstraintComponent"
        yield component
        for parameter in parameters.split():
            yield parameter
            yield f"{component}-{parameter}"


TERMS = frozenset(f"{SH}{name}" for name in _all())
