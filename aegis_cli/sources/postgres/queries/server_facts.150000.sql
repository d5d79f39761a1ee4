-- The server and the database. pg_stat_replication shows its columns to members of
-- pg_read_all_stats only, hence NULL for others.
SELECT
  d.datname::text AS database,
  pg_encoding_to_char(d.encoding) AS encoding,
  d.datlocprovider = 'c' AND d.datcollate IN ('C', 'POSIX') AS has_c_collation,
  to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS taken_at,
  to_char(
    pg_stat_get_db_stat_reset_time(d.oid) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
  ) AS statistics_since,
  pg_is_in_recovery() AS is_standby,
  current_setting('track_counts')::boolean AS tracks_counts,
  CASE
    WHEN pg_has_role('pg_read_all_stats', 'USAGE') THEN (
      SELECT count(*)::integer
      FROM pg_stat_replication AS r
      WHERE r.state IN ('streaming', 'catchup')
        AND NOT EXISTS (
          SELECT
          FROM pg_replication_slots AS s
          WHERE s.active_pid = r.pid
            AND s.slot_type = 'logical'
        )
    )
  END AS replicas
FROM pg_database AS d
WHERE d.datname = current_database()
