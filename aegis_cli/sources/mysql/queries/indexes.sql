-- Keys of the database's indexes, before servers could hide an index or index an expression.
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
  'YES' AS is_visible
FROM information_schema.statistics
WHERE table_schema = :name
ORDER BY table_name, index_name, seq_in_index
