"""The IRIs this project owns, and the prefixes it writes them with.

This is the one module that knows the base IRI. Everything that mints or
recognises one of our names asks here.
"""

import os
from pathlib import PurePosixPath
from urllib.parse import quote

BASE = "https://w3id.org/stimson/"
ONTOLOGY = f"{BASE}ontology"
ST = f"{BASE}ontology#"
STV = f"{BASE}vocabulary/"
SHAPE = f"{BASE}shapes#"
RULE = f"{BASE}rule/"
OWL_RULE = "https://www.w3.org/TR/owl2-profiles/#"
ID = f"{BASE}id/"
GAP = f"{BASE}gap/"  # what a contributor still has to say; see sources.templates
GRAPH = f"{BASE}graph/"
QUERY = f"{BASE}queries/"
MAPPING = f"{BASE}mappings/"  # sets of mappings
DATASET = f"{BASE}dataset"
ONTOLOGY_GRAPH = f"{GRAPH}ontology/stimson"  # the header of the ontology
INFERRED_GRAPH = f"{GRAPH}inferred"
META_GRAPH = f"{GRAPH}meta"
RELEASE_GRAPH = f"{GRAPH}release"  # kept by `stimson release load` in a remote engine
MAPPINGS_GRAPH = f"{GRAPH}mappings"
WIKIDATA_GRAPH = f"{GRAPH}wikidata"

# One prefix per kind of thing, so that local names need no escapes.
KINDS = (
    "act",
    "citation",
    "claim",
    "conflict",
    "designation",
    "event",
    "geometry",
    "hypothesis",
    "membership",
    "mention",
    "norm",
    "organization",
    "passage",
    "person",
    "place",
    "placement",
    "post",
    "quotation",
    "selector",
    "source",
    "stance",
    "state",
    "statement",
    "step",
    "tenure",
    "territory",
    "vote",
)

PREFIXES: dict[str, str] = {
    "st": ST,
    "stv": STV,
    "shape": SHAPE,
    "rule": RULE,
    "rl": OWL_RULE,
    **{kind: f"{ID}{kind}/" for kind in KINDS},
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# Gaps stand in files that are being written, and are never published.
WRITTEN: dict[str, str] = PREFIXES | {"gap": GAP}


def graph_iri(relative: PurePosixPath) -> str:
    """Name the graph of a file by its path below the assets: ``data/sources/x.ttl``.

    A file may be called anything; what an IRI cannot hold is written in percent-encoding.
    """
    return f"{GRAPH}{quote(os.fsencode(relative.with_suffix('')))}"


def is_ours(iri: str) -> bool:
    """Tell whether `iri` is a term or thing that our own files must define."""
    return iri.startswith((ST, STV, ID))


def shorten(iri: str) -> str:
    """Write `iri` with its prefix where one fits, else in angle brackets."""
    fits = [(space, prefix) for prefix, space in WRITTEN.items() if iri.startswith(space)]
    if not fits:
        return f"<{iri}>"
    space, prefix = max(fits, key=lambda pair: len(pair[0]))
    return f"{prefix}:{iri.removeprefix(space)}"


def expand(name: str) -> str:
    """Write a prefixed name in full; leave what has none of our prefixes as it is."""
    prefix, _, local = name.partition(":")
    return f"{PREFIXES[prefix]}{local}" if prefix in PREFIXES else name
