-- Foreign keys of a table, one row a column (SQLite 3.16).
SELECT
  id,
  "table",
  "from",
  "to"
FROM pragma_foreign_key_list(?)
ORDER BY id, seq
