"""Twelve queries of the kinds that people and pages send, over the synthetic graph."""

_PREFIXES = """PREFIX st: <https://w3id.org/stimson/ontology#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX source: <https://w3id.org/stimson/id/source/>
PREFIX state: <https://w3id.org/stimson/id/state/>
"""
_QUERIES = {
    "one thing": "SELECT ?p ?o { state:state-001 ?p ?o }",
    "is it so": "ASK { ?stance st:holder state:state-001 ; st:stanceObject ?object }",
    "stances of a state": (
        "SELECT ?stance ?object ?position { ?stance st:holder state:state-001 ; "
        "st:stanceObject ?object ; st:position ?position }"
    ),
    "states by name": (
        'SELECT ?s ?name { ?s a st:State ; rdfs:label ?name FILTER(LANG(?name) = "en") } '
        "ORDER BY ?name LIMIT 20"
    ),
    "statements, much optional": (
        "SELECT * { ?said a st:Statement OPTIONAL { ?said st:onBehalfOf ?side } "
        "OPTIONAL { ?said st:capacity ?capacity } OPTIONAL { ?said st:quotes ?quotation } "
        "OPTIONAL { ?said st:manner ?manner } OPTIONAL { ?said st:medium ?medium } } LIMIT 100"
    ),
    "stances by position": (
        "SELECT ?position (COUNT(*) AS ?n) { ?stance st:position ?position } GROUP BY ?position"
    ),
    "who speaks most": (
        "SELECT ?who (COUNT(*) AS ?n) { ?said st:speaker ?who } "
        "GROUP BY ?who ORDER BY DESC(?n) ?who LIMIT 10"
    ),
    "a source as a graph": (
        "CONSTRUCT { ?said st:speaker ?who ; st:gist ?gist . ?claim st:claimedIn ?said ; a ?kind } "
        "{ ?said st:readIn source:source-00001 ; st:speaker ?who ; st:gist ?gist . "
        "?claim st:claimedIn ?said ; a ?kind }"
    ),
    "who contradicts whom": (
        "SELECT ?one ?two (COUNT(*) AS ?n) { ?a st:contradicts ?b . ?a st:claimant ?one . "
        "?b st:claimant ?two } GROUP BY ?one ?two ORDER BY DESC(?n) ?one ?two LIMIT 50"
    ),
    "claims by kind and side": (
        "SELECT ?kind ?side (COUNT(*) AS ?n) "
        "{ ?claim a ?kind ; st:claimedIn ?said . ?said st:onBehalfOf ?side } GROUP BY ?kind ?side"
    ),
    "claims of any kind": (
        "SELECT (COUNT(DISTINCT ?claim) AS ?n) { ?claim a/rdfs:subClassOf* st:Claim }"
    ),
    "ten thousand rows": "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 10000",
}
QUERIES = {name: _PREFIXES + query for name, query in _QUERIES.items()}
EXACT = frozenset(QUERIES) - {"statements, much optional", "ten thousand rows"}
ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9"
