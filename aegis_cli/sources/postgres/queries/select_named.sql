-- Tables by name, those that a named view reads, and whole partition and inheritance trees.
WITH RECURSIVE named AS (
  SELECT
    c.oid,
    c.relkind,
    c.relname::text AS name,
    n.nspname || '.' || c.relname AS full_name
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v')
    AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND (c.relname::text = ANY (%(names)s) OR n.nspname || '.' || c.relname = ANY (%(names)s))
),
edges AS (
  SELECT i.inhrelid AS here, i.inhparent AS there
  FROM pg_inherits AS i
  UNION ALL
  SELECT i.inhparent, i.inhrelid
  FROM pg_inherits AS i
  UNION ALL
  SELECT r.ev_class, d.refobjid
  FROM pg_rewrite AS r
  JOIN pg_class AS v ON v.oid = r.ev_class AND v.relkind = 'v'
  JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
  WHERE d.refclassid = 'pg_class'::regclass
    AND d.refobjid <> r.ev_class
),
reached AS (
  SELECT n.oid
  FROM named AS n
  UNION
  SELECT e.there
  FROM reached AS r
  JOIN edges AS e ON e.here = r.oid
)
SELECT
  c.oid::bigint AS oid,
  n.name,
  n.full_name
FROM reached AS r
JOIN pg_class AS c ON c.oid = r.oid
LEFT JOIN named AS n ON n.oid = r.oid
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v')
ORDER BY c.oid
