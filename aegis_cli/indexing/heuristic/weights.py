"""What visiting rows counts: the unit of every cost outside PostgreSQL.

These are rules of thumb, not measurements: one row read in the order it is stored is 1.
"""

ROW = 1.0
"""A row read by a scan."""
ENTRY = 0.5
"""An index entry read; several fit into the space of a row."""
FETCH = 3.0
"""A row found through an index: it lies anywhere and needs a descent of its own."""
DESCENT = 2.0
"""Finding a place in an index."""
SORTED = 1.0
"""A row put into a sort."""
WRITTEN_ENTRY = 4.0
"""An entry added to an index or moved in it: a descent, a change, and the page written later."""
