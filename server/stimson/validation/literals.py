"""Literals: each one is a value of its datatype, and written in Unicode's normal form.

Two labels that look the same but differ in code points are never found by the same
query; so text is in NFC (https://www.w3.org/TR/charmod-norm/), save for the words of a
source, which stay as they were printed.
"""

import unicodedata
from collections.abc import Iterator

from rdflib import Literal
from rdflib.term import Node

from .. import names
from ..dataset import Dataset
from ..findings import Finding
from ..locate import Places, shown

_OA = names.PREFIXES["oa"]
_VERBATIM = {
    *(f"{_OA}{name}" for name in ("exact", "prefix", "suffix")),
    *(f"{names.ST}{name}" for name in ("nameAsPrinted", "roleAsPrinted", "capacity")),
}


def check_literals(dataset: Dataset, places: Places) -> Iterator[Finding]:
    """Find literals such as ``"2014-02-30"^^xsd:date``, which a query would silently skip."""
    for document in dataset.of():
        for subject, path, value in document.graph:
            if isinstance(value, Literal) and (fault := _fault(path, value)):
                rule, message = fault
                yield places.finding(
                    f"{names.RULE}{rule}",
                    "violation",
                    message,
                    subject,
                    path,
                    value,
                    document=document,
                )


def _fault(path: Node, value: Literal) -> tuple[str, str] | None:
    """Name the rule that a literal breaks, and say what to do."""
    if value.ill_typed:
        assert value.datatype is not None  # only a datatype can be missed
        return "literal", f'"{value}" is not a {shown(value.datatype)}; correct it.'
    if str(path) not in _VERBATIM and not unicodedata.is_normalized("NFC", value):
        return "unnormalised", "The text is not in Unicode's normal form NFC; type it anew."
    return None
