-- Tables, indexes and views in the order they were made. No privilege beyond reading the file.
SELECT
  type,
  name,
  tbl_name,
  sql
FROM sqlite_master
WHERE type IN ('table', 'index', 'view')
ORDER BY rowid
