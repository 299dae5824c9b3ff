"""Reconciliation: find the thing that a name in somebody else's table means.

A name is read in every way in which it may have been written (`encoding`, `romanise`,
`fold`), compared with the names of the graph (`compare`) that an index finds quickly
(`index`), and the things so found are ranked with the reasons given (`score`). Nothing is
matched on a name that two things bear.

This part knows nothing of HTTP and has no data of its own: `gather` asks an engine for it.
"""
