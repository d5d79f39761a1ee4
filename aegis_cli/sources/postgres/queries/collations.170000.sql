-- Collations that are not the server's own.
SELECT
  l.oid::bigint AS oid,
  n.nspname::text AS schema,
  l.collname::text AS name,
  format(
    'CREATE COLLATION %I.%I (%s, deterministic = %s)',
    n.nspname,
    l.collname,
    CASE l.collprovider
      WHEN 'c'
      THEN format('provider = libc, lc_collate = %L, lc_ctype = %L', l.collcollate, l.collctype)
      WHEN 'b'
      THEN format('provider = builtin, locale = %L', l.colllocale)
      ELSE format('provider = icu, locale = %L', l.colllocale)
    END,
    CASE WHEN l.collisdeterministic THEN 'true' ELSE 'false' END
  ) AS ddl
FROM pg_collation AS l
JOIN pg_namespace AS n ON n.oid = l.collnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND l.collprovider IN ('c', 'i', 'b')
  AND NOT EXISTS (
    SELECT
    FROM pg_depend AS d
    WHERE d.classid = 'pg_collation'::regclass
      AND d.objid = l.oid
      AND d.deptype = 'e'
  )
ORDER BY l.oid
