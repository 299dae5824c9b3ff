"""The constraint components of SHACL Core, in the groups of the Recommendation, and SPARQL."""

from collections.abc import Callable, Sequence

import pyoxigraph as ox

from ...rdf import Index
from ..declarations import Node, sh
from ..shape_model import Constraint
from .by_query import Sparql
from .property_based import (
    Closed,
    Disjoint,
    Equals,
    HasValue,
    LessThan,
    LessThanOrEquals,
    MaxCount,
    MinCount,
)
from .shape_based import And, ConformsTo, Not, Or, Qualified, Xone
from .string_based import LanguageIn, Matches, MaxLength, MinLength, UniqueLang
from .value_based import (
    Class,
    Datatype,
    In,
    MaxExclusive,
    MaxInclusive,
    MinExclusive,
    MinInclusive,
    NodeKind,
)

Reader = Callable[[Index, Node], Sequence[Constraint]]

# A component is read if one of its parameters is given; the others complete it.
READERS: dict[ox.NamedNode, Reader] = {
    sh("class"): Class.read,
    sh("datatype"): Datatype.read,
    sh("nodeKind"): NodeKind.read,
    sh("minCount"): MinCount.read,
    sh("maxCount"): MaxCount.read,
    sh("minExclusive"): MinExclusive.read,
    sh("minInclusive"): MinInclusive.read,
    sh("maxExclusive"): MaxExclusive.read,
    sh("maxInclusive"): MaxInclusive.read,
    sh("minLength"): MinLength.read,
    sh("maxLength"): MaxLength.read,
    sh("pattern"): Matches.read,
    sh("languageIn"): LanguageIn.read,
    sh("uniqueLang"): UniqueLang.read,
    sh("equals"): Equals.read,
    sh("disjoint"): Disjoint.read,
    sh("lessThan"): LessThan.read,
    sh("lessThanOrEquals"): LessThanOrEquals.read,
    sh("not"): Not.read,
    sh("and"): And.read,
    sh("or"): Or.read,
    sh("xone"): Xone.read,
    sh("node"): ConformsTo.read,
    sh("qualifiedValueShape"): Qualified.read,
    sh("qualifiedMinCount"): Qualified.read,
    sh("qualifiedMaxCount"): Qualified.read,
    sh("qualifiedValueShapesDisjoint"): Qualified.read,
    sh("closed"): Closed.read,
    sh("ignoredProperties"): Closed.read,
    sh("hasValue"): HasValue.read,
    sh("in"): In.read,
    sh("sparql"): Sparql.read,
}
# On other shapes than property shapes, pySHACL refuses or skips them.
ON_PATHS_ONLY = {
    sh(name)
    for name in (
        "minCount",
        "maxCount",
        "uniqueLang",
        "lessThan",
        "lessThanOrEquals",
        "qualifiedValueShape",
        "qualifiedMinCount",
        "qualifiedMaxCount",
        "qualifiedValueShapesDisjoint",
    )
}
