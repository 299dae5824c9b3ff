"""Talk HTTP to one other server: a SPARQL engine, or the graph store beside it.

A `Line` is one connection, kept open between requests. It repeats what may be repeated, never
follows a redirect, and can be cut from another thread. What a server knows us by is in no
message and no `repr`.
"""

from .address import Address, read_address
from .line import Line, Message
from .reply import Reply

__all__ = ["Address", "Line", "Message", "Reply", "read_address"]
