"""Every term of SHACL: Core and SPARQL, and the notes on advanced features and JavaScript.

https://www.w3.org/TR/shacl/, https://www.w3.org/TR/shacl-af/, https://www.w3.org/TR/shacl-js/.
"""

from collections.abc import Iterator

from .. import names

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
