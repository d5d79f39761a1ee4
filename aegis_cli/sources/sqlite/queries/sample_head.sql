-- Some rows of a table that has no rowid.
SELECT
  NULL,
  {columns}
FROM {table}
LIMIT ?
