"""Literals: each one is a value of its datatype."""

from collections.abc import Iterator

from rdflib import Literal

from .. import names
from ..dataset import Dataset
from ..findings import Finding
from ..locate import Places, shown


def check_literals(dataset: Dataset, places: Places) -> Iterator[Finding]:
    """Find literals such as ``"2014-02-30"^^xsd:date``, which a query would silently skip."""
    for document in dataset.of():
        for subject, path, value in document.graph:
            if isinstance(value, Literal) and value.ill_typed:
                assert value.datatype is not None  # only a datatype can be missed
                message = f'"{value}" is not a {shown(value.datatype)}; correct it.'
                yield places.finding(
                    f"{names.RULE}literal",
                    "violation",
                    message,
                    subject,
                    path,
                    value,
                    document=document,
                )
