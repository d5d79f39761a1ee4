-- Counters since the statistics were reset. Needs no privilege.
SELECT
  c.oid::bigint AS oid,
  pg_stat_get_numscans(c.oid) AS sequential_scans,
  (
    SELECT coalesce(sum(pg_stat_get_numscans(i.indexrelid)), 0)::bigint
    FROM pg_index AS i
    WHERE i.indrelid = c.oid
  ) AS index_scans,
  pg_stat_get_tuples_inserted(c.oid) AS rows_inserted,
  pg_stat_get_tuples_updated(c.oid) AS rows_updated,
  pg_stat_get_tuples_hot_updated(c.oid) AS rows_updated_hot,
  pg_stat_get_tuples_deleted(c.oid) AS rows_deleted,
  pg_stat_get_live_tuples(c.oid) AS live_rows,
  pg_stat_get_dead_tuples(c.oid) AS dead_rows,
  pg_stat_get_mod_since_analyze(c.oid) AS modified_since_analyze,
  to_char(
    greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid))
      AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS"Z"'
  ) AS last_analyzed
FROM pg_class AS c
WHERE c.oid = ANY (%(oids)s::oid[])
  AND c.relkind IN ('r', 'm')
