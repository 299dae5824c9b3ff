"""What OWL 2 RL consists of: terms, datatypes, and which expression may stand where.

https://www.w3.org/TR/owl2-profiles/#OWL_2_RL, in the form that RDF gives to it
(https://www.w3.org/TR/owl2-mapping-to-rdf/).
"""

from typing import Literal

from ... import names
from ...rdf import named

OWL, RDF, RDFS, XSD = (names.PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))
Position = Literal["sub", "super", "equivalent", "data"]

TYPE, FIRST, REST, NIL = (named(f"rdf:{name}") for name in ("type", "first", "rest", "nil"))
SUB_CLASS, SUB_PROPERTY = named("rdfs:subClassOf"), named("rdfs:subPropertyOf")
DOMAIN, RANGE = named("rdfs:domain"), named("rdfs:range")
CLASS, THING = named("owl:Class"), named("owl:Thing")
EQUIVALENT, DISJOINT = named("owl:equivalentClass"), named("owl:disjointWith")
DISJOINT_UNION, HAS_KEY = named("owl:disjointUnionOf"), named("owl:hasKey")
ALL_DISJOINT, MEMBERS = named("owl:AllDisjointClasses"), named("owl:members")
ON_PROPERTY, ON_CLASS = named("owl:onProperty"), named("owl:onClass")
ON_DATA_RANGE = named("owl:onDataRange")

CLASSES = (CLASS, named("rdfs:Class"))
DATATYPE = named("rdfs:Datatype")

_NUMBERS = (
    "decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger "
    "long int short byte unsignedLong unsignedInt unsignedShort unsignedByte float double"
)
_OTHERS = (
    "string normalizedString token language Name NCName NMTOKEN anyURI boolean "
    "hexBinary base64Binary dateTime dateTimeStamp"
)
DATATYPES = frozenset(
    {
        *(named(f"xsd:{name}") for name in f"{_NUMBERS} {_OTHERS}".split()),
        # RDF 1.1 has put rdf:langString in the place of rdf:PlainLiteral.
        *(named(f"rdf:{name}") for name in ("PlainLiteral", "XMLLiteral", "langString")),
        named("rdfs:Literal"),
    }
)
"""The datatypes of OWL 2 RL; xsd:date and xsd:duration, for example, are not among them."""

SETS = {named("owl:intersectionOf"): "an intersection", named("owl:unionOf"): "a union"}
COMPLEMENT, ONE_OF = named("owl:complementOf"), named("owl:oneOf")
SOME, ALL = named("owl:someValuesFrom"), named("owl:allValuesFrom")
MAXIMA = (named("owl:maxCardinality"), named("owl:maxQualifiedCardinality"))
RESTRICTIONS = {
    SOME: "an existential restriction",
    ALL: "a universal restriction",
    named("owl:hasValue"): "a restriction to a value",
    named("owl:hasSelf"): "a restriction to itself",
    named("owl:minCardinality"): "a minimum number",
    named("owl:maxCardinality"): "a maximum number",
    named("owl:cardinality"): "an exact number",
    named("owl:minQualifiedCardinality"): "a qualified minimum number",
    named("owl:maxQualifiedCardinality"): "a qualified maximum number",
    named("owl:qualifiedCardinality"): "a qualified exact number",
}
CONSTRUCTORS = {
    **SETS,
    COMPLEMENT: "a complement",
    ONE_OF: "an enumeration",
    **RESTRICTIONS,
    named("owl:onDatatype"): "a restricted datatype",
    named("owl:datatypeComplementOf"): "a complement of a datatype",
}
"""What makes an expression out of a node, and what that is called."""

_ALLOWED: dict[Position, str] = {
    "sub": "intersectionOf unionOf oneOf someValuesFrom hasValue",
    "super": "intersectionOf complementOf allValuesFrom hasValue maxCardinality "
    "maxQualifiedCardinality",
    "equivalent": "intersectionOf hasValue",
    "data": "intersectionOf",
}
ALLOWED = {
    position: frozenset(named(f"owl:{name}") for name in allowed.split())
    for position, allowed in _ALLOWED.items()
}
"""Which expressions may stand where; the profile calls them subClassExpression and so on."""

PLACES: dict[Position, str] = {
    "sub": "a subclass",
    "super": "a superclass, a domain or a range",
    "equivalent": "an equivalent class",
    "data": "a datatype",
}

KINDS = {
    "object property": named("owl:ObjectProperty"),
    "datatype property": named("owl:DatatypeProperty"),
    "annotation property": named("owl:AnnotationProperty"),
}
PROPERTY = named("rdf:Property")
FUNCTIONAL, REFLEXIVE = named("owl:FunctionalProperty"), named("owl:ReflexiveProperty")
TRANSITIVE = named("owl:TransitiveProperty")
SIMPLE_TRAITS = {  # those that a transitive property, or a chain, must not have
    FUNCTIONAL: "functional",
    named("owl:InverseFunctionalProperty"): "inverse functional",
    named("owl:IrreflexiveProperty"): "irreflexive",
    named("owl:AsymmetricProperty"): "asymmetric",
}
TRAITS = {**SIMPLE_TRAITS, TRANSITIVE: "transitive", named("owl:SymmetricProperty"): "symmetric"}
CHAIN, INVERSE = named("owl:propertyChainAxiom"), named("owl:inverseOf")
RELATIONS = {
    SUB_PROPERTY: "below",
    named("owl:equivalentProperty"): "equivalent to",
    named("owl:propertyDisjointWith"): "disjoint with",
}
DISJOINT_PROPERTY = named("owl:propertyDisjointWith")
TOP_DATA = named("owl:topDataProperty")

_JOINTS = (
    "Restriction onProperty onClass onDataRange NamedIndividual OntologyProperty "
    "DeprecatedClass DeprecatedProperty backwardCompatibleWith incompatibleWith "
    "Axiom Annotation annotatedSource annotatedProperty annotatedTarget"
)
JOINTS = frozenset(named(f"owl:{name}") for name in _JOINTS.split())
"""Terms from which nothing follows by themselves: they declare, describe or hold together."""

_RDF = (
    "Alt Bag CompoundLiteral HTML JSON List PlainLiteral Property Seq Statement XMLLiteral "
    "direction first language langString dirLangString nil object predicate reifies rest "
    "subject type value"
)
_RDFS = (
    "Class Container ContainerMembershipProperty Datatype Literal Resource comment domain "
    "isDefinedBy label member range seeAlso subClassOf subPropertyOf"
)
_OWL = (
    "AllDifferent AllDisjointClasses AllDisjointProperties Annotation AnnotationProperty "
    "AsymmetricProperty Axiom Class DataRange DatatypeProperty DeprecatedClass "
    "DeprecatedProperty FunctionalProperty InverseFunctionalProperty IrreflexiveProperty "
    "NamedIndividual NegativePropertyAssertion Nothing ObjectProperty Ontology "
    "OntologyProperty ReflexiveProperty Restriction SymmetricProperty Thing "
    "TransitiveProperty allValuesFrom annotatedProperty annotatedSource annotatedTarget "
    "assertionProperty backwardCompatibleWith bottomDataProperty bottomObjectProperty "
    "cardinality complementOf datatypeComplementOf deprecated differentFrom disjointUnionOf "
    "disjointWith distinctMembers equivalentClass equivalentProperty hasKey hasSelf hasValue "
    "imports incompatibleWith intersectionOf inverseOf maxCardinality "
    "maxQualifiedCardinality members minCardinality minQualifiedCardinality onClass "
    "onDataRange onDatatype onProperties onProperty oneOf priorVersion propertyChainAxiom "
    "propertyDisjointWith qualifiedCardinality rational real sameAs someValuesFrom "
    "sourceIndividual targetIndividual targetValue topDataProperty topObjectProperty unionOf "
    "versionIRI versionInfo withRestrictions"
)
TERMS = frozenset(
    f"{space}{name}"
    for space, listed in ((RDF, _RDF), (RDFS, _RDFS), (OWL, _OWL))
    for name in listed.split()
)
"""Every term of RDF, RDFS and OWL 2, save rdf:_1, rdf:_2 …"""
