-- Counters of the whole server since the statistics were reset.
SELECT
  extract(epoch FROM clock_timestamp())::float8 AS at_s,
  sum(d.xact_commit + d.xact_rollback)::bigint AS transactions,
  NULL::bigint AS sessions,
  NULL::bigint AS abandoned,
  NULL::float8 AS active_ms,
  NULL::float8 AS idle_in_transaction_ms
FROM pg_stat_database AS d
