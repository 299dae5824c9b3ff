"""SPARQL constraints (https://www.w3.org/TR/shacl/#sparql-constraints), many nodes at once.

pySHACL asks a query anew for every focus node. Here it is asked once, by pyoxigraph, with
the focus nodes in the data. `analysis` tells for which queries that gives the same; all
others are left to pySHACL.
"""
