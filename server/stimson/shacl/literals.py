"""What a literal is worth to SHACL: its validity, and its place in an order."""

import pyoxigraph as ox

from ..rdf import Term, named, values
from ..rdf.datatypes import family, is_valid

_STRING, _LANGUAGE = named("xsd:string"), named("rdf:langString")
_TEXTS = {_STRING.value, _LANGUAGE.value, named("xsd:anyURI").value}
_RDFS_LITERAL, _RDFS_DATATYPE = named("rdfs:Literal"), named("rdfs:Datatype")


def has_datatype(term: Term, datatype: Term) -> bool:
    """Tell whether a term is a well-typed literal of a datatype, as ``sh:datatype`` asks."""
    if not isinstance(term, ox.Literal):
        return False
    if datatype == _RDFS_LITERAL:
        return True
    if term.datatype != datatype:
        # As pySHACL has it: a class of datatypes is that of all but plain text.
        return datatype == _RDFS_DATATYPE and term.datatype not in (_STRING, _LANGUAGE)
    return is_valid(term.value, term.datatype.value)


def compare(term: Term, bound: ox.Literal) -> int | None:
    """Compare a value with a bound: -1, 0 or 1; None where they are not comparable."""
    return values.compare(term, bound) if isinstance(term, ox.Literal) else None


def is_less(one: Term, other: Term, or_equal: bool) -> bool:
    """Tell whether a term comes before another, as ``sh:lessThan`` asks."""
    first, second = _text(one), _text(other)
    if first is not None and second is not None:
        return first <= second if or_equal else first < second
    if not isinstance(one, ox.Literal) or not isinstance(other, ox.Literal):
        return False
    return values.compare(one, other) in ((-1, 0) if or_equal else (-1,))


def _text(term: Term) -> str | None:
    """Give an IRI or a text, whatever its language: pySHACL compares all of these."""
    if isinstance(term, ox.NamedNode):
        return term.value
    is_text = isinstance(term, ox.Literal) and family(term.datatype.value) in _TEXTS
    return term.value if is_text else None
