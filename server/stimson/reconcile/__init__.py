"""Reconciliation: find the thing that a name in somebody else's table means.

A name is read in every way in which it may have been written (`normalization`), compared
(`name_comparison`) with the names of the graph that an index finds quickly (`name_index`), and
the things so found are ranked with the reasons given (`matching`). Nothing is matched on a name
that two things bear. `request_parser` and `lookups` are the rest of the Reconciliation Service
API.

This part knows nothing of HTTP and has no data of its own: `gathering` asks an engine for it.
"""
