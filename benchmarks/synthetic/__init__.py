"""A synthetic graph in our ontology: the shape of real data, and nothing real in it."""
