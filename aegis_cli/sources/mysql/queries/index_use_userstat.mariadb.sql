-- Rows read through each index since the counters were flushed; lists only indexes that were used.
SELECT
  table_name AS table_name,
  index_name AS name,
  rows_read AS times
FROM information_schema.index_statistics
WHERE table_schema = :name
