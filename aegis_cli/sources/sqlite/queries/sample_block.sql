-- Some rows from a place on. Long values are cut, which keeps them different enough.
SELECT
  _rowid_,
  {columns}
FROM {table}
WHERE _rowid_ >= ?
ORDER BY _rowid_
LIMIT ?
