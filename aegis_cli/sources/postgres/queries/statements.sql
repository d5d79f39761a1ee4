-- Statements of this database with their counts and times, the most expensive first. Needs
-- version 1.8 of the extension. Shows the texts of other roles to members of pg_read_all_stats only.
SELECT
  s.queryid::text AS query_id,
  s.query AS text,
  s.calls AS calls,
  s.total_exec_time AS total_ms,
  s.rows AS rows,
  r.rolname::text AS role,
  count(*) OVER ()::bigint AS total,
  sum(s.total_exec_time) OVER () AS all_ms
FROM pg_stat_statements AS s
JOIN pg_database AS d ON d.oid = s.dbid
LEFT JOIN pg_roles AS r ON r.oid = s.userid
WHERE d.datname = current_database()
  AND s.calls > 0
ORDER BY s.total_exec_time DESC, s.queryid
LIMIT %(most)s
