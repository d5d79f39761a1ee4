-- Counters of the whole server since the statistics were reset.
SELECT
  extract(epoch FROM clock_timestamp())::float8 AS at_s,
  sum(d.xact_commit + d.xact_rollback)::bigint AS transactions,
  sum(d.sessions)::bigint AS sessions,
  sum(d.sessions_abandoned)::bigint AS abandoned,
  sum(d.active_time)::float8 AS active_ms,
  sum(d.idle_in_transaction_time)::float8 AS idle_in_transaction_ms
FROM pg_stat_database AS d
