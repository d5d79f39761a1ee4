-- What ANALYZE computed for CREATE STATISTICS, as far as pg_stats_ext shows it: to the owner of the
-- table since CVE-2024-4317. The most common combinations are not shown in the form that a server
-- could take back.
SELECT
  e.oid::bigint AS oid,
  s.inherited AS inherited,
  s.n_distinct::text AS distinct,
  s.dependencies::text AS dependencies,
  NULL::text AS most_common
FROM pg_stats_ext AS s
JOIN pg_namespace AS n ON n.nspname = s.statistics_schemaname
JOIN pg_statistic_ext AS e ON e.stxnamespace = n.oid AND e.stxname = s.statistics_name
WHERE e.oid = ANY (%(oids)s::oid[])
