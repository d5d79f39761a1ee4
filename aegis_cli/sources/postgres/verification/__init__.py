"""Build proposed indexes on a database named for it, time the statements, clean up.

This is the only part of AEGIS that writes to a live server. It never writes rows: it creates
indexes that carry a comment, times reading statements in read-only transactions and drops the
indexes again. "Without" is a transaction that drops them, times and rolls back, which needs
no more than owning the table and leaves the files in the cache for the next round.
"""
