-- Rows read through each index since the server started. Needs SELECT on performance_schema.
SELECT
  object_name AS table_name,
  index_name AS name,
  count_read AS times
FROM performance_schema.table_io_waits_summary_by_index_usage
WHERE object_schema = :name
  AND index_name IS NOT NULL
