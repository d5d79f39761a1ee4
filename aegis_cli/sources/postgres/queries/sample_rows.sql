-- Hashes and stored sizes of the values in some blocks of a table, never the values themselves:
-- -1 for NULL, and negative for a long value that is stored uncompressed.
-- Needs SELECT on the columns.
SELECT
  s.tableoid::bigint AS part,
  (s.ctid::text::point)[0]::bigint AS block,
  ARRAY[{hashes}] AS hashes,
  ARRAY[{widths}] AS widths
FROM {table} AS s TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (%(seed)s)
LIMIT %(most_rows)s
