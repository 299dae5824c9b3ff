"""What `docs/generate.py` makes: diagrams and a reference, out of ontology and shapes."""
