-- What statements may use and a copy will not have, by kind.
WITH found (kind, classid, oid, name, namespace) AS (
  SELECT 'functions in other languages', 'pg_proc'::regclass, p.oid, p.proname, p.pronamespace
  FROM pg_proc AS p
  JOIN pg_language AS l ON l.oid = p.prolang
  WHERE p.prokind = 'f'
    AND l.lanname NOT IN ('sql', 'plpgsql')
    AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  UNION ALL
  SELECT 'aggregates', 'pg_proc'::regclass, p.oid, p.proname, p.pronamespace
  FROM pg_proc AS p
  WHERE p.prokind = 'a'
  UNION ALL
  SELECT 'operators', 'pg_operator'::regclass, o.oid, o.oprname, o.oprnamespace
  FROM pg_operator AS o
  UNION ALL
  SELECT 'base types', 'pg_type'::regclass, t.oid, t.typname, t.typnamespace
  FROM pg_type AS t
  WHERE t.typtype = 'b'
    AND t.typcategory <> 'A'
  UNION ALL
  SELECT 'text search configurations', 'pg_ts_config'::regclass, c.oid, c.cfgname, c.cfgnamespace
  FROM pg_ts_config AS c
)
SELECT
  f.kind,
  count(*)::integer AS number,
  min(n.nspname || '.' || f.name) AS example
FROM found AS f
JOIN pg_namespace AS n ON n.oid = f.namespace
WHERE f.oid >= 16384
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (
    SELECT
    FROM pg_depend AS d
    WHERE d.classid = f.classid
      AND d.objid = f.oid
      AND d.deptype IN ('e', 'i')
  )
GROUP BY f.kind
ORDER BY f.kind
