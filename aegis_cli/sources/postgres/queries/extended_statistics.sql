-- CREATE STATISTICS objects; what was computed for them is read apart.
SELECT
  e.oid::bigint AS oid,
  n.nspname::text AS schema,
  c.relname::text AS table,
  e.stxname::text AS name,
  pg_get_statisticsobjdef(e.oid) AS ddl,
  'm' = ANY (e.stxkind) AS wants_most_common,
  'e' = ANY (e.stxkind) AS has_expressions
FROM pg_statistic_ext AS e
JOIN pg_class AS c ON c.oid = e.stxrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE e.stxrelid = ANY (%(oids)s::oid[])
ORDER BY n.nspname, c.relname, e.stxname
