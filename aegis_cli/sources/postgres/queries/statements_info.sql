-- Since when statements are counted, and how often some were forgotten. Needs version 1.9 of the
-- extension.
SELECT
  i.dealloc AS evictions,
  to_char(i.stats_reset AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
FROM pg_stat_statements_info AS i
