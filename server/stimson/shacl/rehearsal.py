"""Use once what rdflib and pySHACL import only when it is first used.

A process that can open no file later on would else fail at the first contribution that
needs it; or, where the libraries take what they cannot import for a literal that they
cannot read, give a wrong answer.
"""

import pyoxigraph as ox

from ..rdf import Index
from .fallback import Reference

# Literals that have a parser of their own, and each kind of shape that is left to pySHACL.
_SAMPLE = """
PREFIX : <http://example.org/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

:a a :C ;
  :date "2022-9-30"^^xsd:date ; :html "<p>a"^^rdf:HTML ; :xml "<a>b</a>"^^rdf:XMLLiteral .

:Datatype a sh:NodeShape ; sh:targetClass :C ;
  sh:property [ sh:path :html ; sh:datatype rdf:HTML ] .
:Expression a sh:NodeShape ; sh:targetClass :C ;
  sh:expression [ :function ( [ sh:path :date ] ) ] .
:function a sh:SPARQLFunction ; sh:parameter [ sh:path :date ] ; sh:returnType xsd:boolean ;
  sh:ask "ASK { FILTER ($date = 1) }" .
:Rule a sh:NodeShape ; sh:targetClass :C ;
  sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object :o ] ,
    [ a sh:SPARQLRule ; sh:construct "CONSTRUCT { $this a ?o } WHERE { $this a ?o }" ] .
:Query a sh:NodeShape ;
  sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this a ?class }" ] ;
  sh:sparql [ sh:select "SELECT $this { $this a ?class }" ] .
"""


def rehearse() -> None:
    """Apply the sample to itself, in this process."""
    index = Index(ox.parse(_SAMPLE, format=ox.RdfFormat.TURTLE))
    reference = Reference(index, index)
    # Not `apply`: what it loads, it may load in a process of its own.
    outcome = reference._validate(reference._shapes, None)
    assert outcome.results, outcome.faults  # else something was not used
