-- Keys of the database's indexes; IGNORED came with MariaDB 10.6.
SELECT
  table_name AS table_name,
  index_name AS name,
  non_unique AS is_not_unique,
  column_name AS column_name,
  NULL AS expression,
  sub_part AS prefix_length,
  collation AS direction,
  cardinality AS cardinality,
  index_type AS method,
  CASE ignored WHEN 'YES' THEN 'NO' ELSE 'YES' END AS is_visible
FROM information_schema.statistics
WHERE table_schema = :name
ORDER BY table_name, index_name, seq_in_index
