-- Columns of a table; hidden is 0 for ordinary ones, 2 and 3 for generated ones (SQLite 3.26).
SELECT
  cid,
  name,
  type,
  "notnull",
  dflt_value,
  pk,
  hidden
FROM pragma_table_xinfo(?)
ORDER BY cid
