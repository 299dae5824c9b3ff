"""Authoring: write sources, quotations and statements into Turtle files, by hand's rules.

Nothing here rewrites a file: new blocks are put in beside what is there, and a file is
replaced only when its old triples and the new ones are all that it then holds.
"""
