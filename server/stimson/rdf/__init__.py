"""The files of a project as RDF: documents, datasets and indexes of the terms of pyoxigraph.

`turtle` holds the reader that knows positions, and what edits, formats and locates with it;
`datatypes` says what literals are worth; `rdflib_bridge` gives graphs to those who read rdflib.
"""

from .dataset import (
    EXAMPLES,
    Dataset,
    Document,
    Folders,
    find_files,
    make_document,
    read_dataset,
    read_document,
)
from .index import Index
from .terms import Statement, Term, brief, display, lexical, named, to_quads, to_turtle
from .turtle.reader import check_file_depth

__all__ = [
    "EXAMPLES",
    "Dataset",
    "Document",
    "Folders",
    "Index",
    "Statement",
    "Term",
    "brief",
    "check_file_depth",
    "display",
    "find_files",
    "lexical",
    "make_document",
    "named",
    "read_dataset",
    "read_document",
    "to_quads",
    "to_turtle",
]
