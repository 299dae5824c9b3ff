"""Everything that is served besides SPARQL: each module is named after its address or its part.

`home` (/), `saved_queries` (/queries), `entities` (/id, /rule, /vocabulary/…, /describe),
`vocabularies` (/ontology, /vocabulary, /shapes), `graphs` (/graph, /mappings), `validate`,
`reconcile`, and `monitoring` (/healthz, /readyz, /metrics). The others are what these share.
"""
