-- Client connections at this moment; what our role may not see is NULL but for the names.
-- Sessions of other roles are hidden from who is not in pg_read_all_stats; then their kind is, too.
SELECT
  a.pid,
  coalesce(a.usename, '')::text AS usename,
  coalesce(a.datname, '')::text AS datname,
  coalesce(a.application_name, '') AS application,
  coalesce(host(a.client_addr), '') AS client,
  a.state,
  a.backend_type IS NULL AS is_hidden,
  a.pid = pg_backend_pid() AS is_ours,
  extract(epoch FROM clock_timestamp() - a.backend_start)::float8 AS age_s,
  extract(epoch FROM clock_timestamp() - a.state_change)::float8 AS state_age_s,
  extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_age_s,
  greatest(age(a.backend_xmin), age(a.backend_xid))::bigint AS xmin_age,
  left(a.query, 10000) AS statement
FROM pg_stat_activity AS a
WHERE a.backend_type = 'client backend'
  OR (a.backend_type IS NULL AND a.usename IS NOT NULL AND a.datname IS NOT NULL)
ORDER BY a.pid
