"""What `data/generate.py` is made of: one module per subject, standard library only."""
