"""pySHACL alone, as a second opinion on what the engine finds."""

from ..rdf import Index
from .fallback import Reference
from .model import Outcome


def validate(data: Index, shapes: Index) -> Outcome:
    """Validate data against shapes by pySHACL, advanced features included.

    All shapes are applied in one go, so that one that pySHACL refuses leaves no results.
    """
    return Reference(data, shapes).apply(None)
