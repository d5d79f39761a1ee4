-- Forget what was told of an index; of a table, when the index is NULL.
DELETE FROM sqlite_stat1
WHERE tbl = ? AND idx IS ?
