-- Tables of the database with estimated rows; shows those on which we have any privilege.
SELECT
  table_name AS name,
  engine AS engine,
  table_rows AS estimated_rows,
  data_length AS data_bytes,
  index_length AS index_bytes
FROM information_schema.tables
WHERE table_schema = :name
  AND table_type = 'BASE TABLE'
ORDER BY table_name
