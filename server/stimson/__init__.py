"""Stimson: who says whose land it is, in which words, and who disagrees."""

__version__ = "0.1.0"
