-- Statements with their totals since the summary was last truncated. Needs SELECT on
-- performance_schema. Times are in picoseconds.
SELECT
  digest_text AS text,
  count_star AS calls,
  sum_timer_wait / 1000000000 AS total_ms,
  sum_rows_sent + sum_rows_affected AS result_rows
FROM performance_schema.events_statements_summary_by_digest
WHERE schema_name = :name
  AND digest_text IS NOT NULL
ORDER BY sum_timer_wait DESC
LIMIT 1000
