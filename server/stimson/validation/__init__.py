"""Validation: every check that the files must pass, in one report."""
