"""SHACL (https://www.w3.org/TR/shacl/): an index of data and one of shapes in, results out.

The engine applies SHACL Core and SPARQL constraints itself. What it does not handle it
leaves to pySHACL, shape by shape; results are those that pySHACL would give.

Where pySHACL goes another way than the Recommendation, so does the engine: an inverted
sequence is walked from its first step on, a language matches a range by its first part,
of a pattern's flags ``i`` and ``m`` count, messages of queries lose their language. It goes
beyond pySHACL where the W3C's tests do: prefixes are followed through owl:imports, and
queries may ask about the shapes. Values stay as they are written, where rdflib would change
the white space of an xsd:token. Queries are asked of pyoxigraph, which keeps to SPARQL where
rdflib does not: a blank node has no text, IRIs have no order, and a group knows only the
variables that are bound in it. Where pySHACL fails as a whole, only the shape that it fails
at is a failure.
"""

from .processor import validate
from .property_paths import show_path
from .shape_model import Failure, ValidationReport, ValidationResult

__all__ = ["Failure", "ValidationReport", "ValidationResult", "show_path", "validate"]
