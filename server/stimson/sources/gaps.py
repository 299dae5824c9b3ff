"""Gaps: what a scaffold cannot know, marked so that it can be neither missed nor published.

A gap stands where a value belongs and says in its name what is asked for:
``st:speaker gap:who-spoke``. It is a term, so the file parses, and it is nobody's
name, so `stimson validate` finds each one as such (rule ``gap``).
"""

import re

import pyoxigraph as ox

from .. import names


def gap(asked: str) -> ox.NamedNode:
    """Mark the place of something that is still to be said: ``gap("who spoke")``.

    What follows a comma or colon explains the question, and is no part of its name.
    """
    question = re.split("[,:]", asked)[0].lower()
    return ox.NamedNode(f"{names.GAP}{re.sub('[^a-z0-9]+', '-', question)}")
