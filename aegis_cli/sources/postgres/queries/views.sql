-- Views with the statements that make them.
SELECT
  c.oid::bigint AS oid,
  n.nspname::text AS schema,
  c.relname::text AS name,
  count(*) OVER ()::bigint AS total,
  format(
    'CREATE VIEW %%I.%%I%%s AS %%s',
    n.nspname,
    c.relname,
    ' WITH (' || array_to_string(c.reloptions, ', ') || ')',
    rtrim(ltrim(pg_get_viewdef(c.oid)), ';')
  ) AS ddl
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'v'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT starts_with(n.nspname, 'pg_temp')
  AND NOT EXISTS (
    SELECT
    FROM pg_depend AS d
    WHERE d.classid = 'pg_class'::regclass
      AND d.objid = c.oid
      AND d.deptype = 'e'
  )
ORDER BY c.oid
LIMIT %(most)s
