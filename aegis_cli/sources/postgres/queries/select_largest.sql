-- Tables by use and size: those ever scanned first, the largest first. Extensions bring theirs
-- along when they are created.
SELECT
  c.oid::bigint AS oid,
  count(*) OVER ()::bigint AS total
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f')
  AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT starts_with(n.nspname, 'pg_toast')
  AND NOT EXISTS (
    SELECT
    FROM pg_depend AS d
    WHERE d.classid = 'pg_class'::regclass
      AND d.objid = c.oid
      AND d.deptype = 'e'
  )
ORDER BY
  (pg_stat_get_numscans(c.oid) + pg_stat_get_tuples_fetched(c.oid) > 0) DESC,
  c.relpages DESC,
  c.oid
LIMIT %(most)s
