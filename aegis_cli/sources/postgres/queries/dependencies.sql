-- Which of these types, functions and views needs which type, function or relation. Arrays count
-- as their elements, and the row type of a table as the table. Numbers below 16384 are the
-- server's own.
WITH parts (classid, oid, kind, object) AS (
  SELECT 'pg_type'::regclass::oid, t.oid, 'type', t.oid
  FROM pg_type AS t
  WHERE t.oid = ANY (%(types)s::oid[])
  UNION ALL
  SELECT 'pg_class'::regclass::oid, t.typrelid, 'type', t.oid
  FROM pg_type AS t
  WHERE t.oid = ANY (%(types)s::oid[])
    AND t.typrelid <> 0
  UNION ALL
  SELECT 'pg_constraint'::regclass::oid, k.oid, 'type', k.contypid
  FROM pg_constraint AS k
  WHERE k.contypid = ANY (%(types)s::oid[])
  UNION ALL
  SELECT 'pg_proc'::regclass::oid, p.oid, 'function', p.oid
  FROM pg_proc AS p
  WHERE p.oid = ANY (%(functions)s::oid[])
  UNION ALL
  SELECT 'pg_rewrite'::regclass::oid, r.oid, 'relation', r.ev_class
  FROM pg_rewrite AS r
  WHERE r.ev_class = ANY (%(views)s::oid[])
),
needed AS (
  SELECT DISTINCT
    p.kind,
    p.object,
    CASE
      WHEN d.refclassid = 'pg_proc'::regclass THEN 'function'
      WHEN d.refclassid = 'pg_type'::regclass AND row_of.oid IS NULL THEN 'type'
      ELSE 'relation'
    END AS needed_kind,
    coalesce(row_of.oid, element.oid, d.refobjid) AS needed_object
  FROM parts AS p
  -- One look into the index for each part, whatever the server believes of pg_depend's size.
  CROSS JOIN LATERAL (
    SELECT
      e.refclassid,
      e.refobjid
    FROM pg_depend AS e
    WHERE e.classid = p.classid
      AND e.objid = p.oid
      AND e.refobjid >= 16384
    OFFSET 0
  ) AS d
  LEFT JOIN pg_type AS t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
  LEFT JOIN pg_type AS element ON element.oid = t.typelem AND element.typarray = t.oid
  LEFT JOIN pg_class AS row_of
    ON row_of.oid = nullif(coalesce(element.typrelid, t.typrelid), 0) AND row_of.relkind <> 'c'
  WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass)
)
SELECT
  n.kind,
  n.object::bigint AS object,
  n.needed_kind,
  n.needed_object::bigint AS needed_object,
  c.relkind::text AS relation_kind,
  s.nspname::text AS schema,
  c.relname::text AS name
FROM needed AS n
LEFT JOIN pg_class AS c ON n.needed_kind = 'relation' AND c.oid = n.needed_object
LEFT JOIN pg_namespace AS s ON s.oid = c.relnamespace
WHERE (n.kind, n.object) IS DISTINCT FROM (n.needed_kind, n.needed_object)
ORDER BY 1, 2, 3, 4
