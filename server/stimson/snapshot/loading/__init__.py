"""Load a snapshot into another server by the Graph Store HTTP Protocol, graph by graph.

What has been loaded is on record in that server, in a graph of its own, with the hash of every
graph. So a load that was interrupted goes on where it stopped, from any machine, and the next
release moves only what has changed. Graphs that are not on record belong to others.
"""

from .load import Outcome, load
from .target import Target, open_target

__all__ = ["Outcome", "Target", "load", "open_target"]
