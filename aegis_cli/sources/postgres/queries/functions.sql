-- Functions that a statement, an index, a default or a view may call. Those of extensions come with
-- them; trigger functions are never called by a statement; other languages a copy may not have.
SELECT
  p.oid::bigint AS oid,
  n.nspname::text AS schema,
  p.proname::text AS name,
  count(*) OVER ()::bigint AS total,
  pg_get_functiondef(p.oid) AS ddl,
  format(
    'CREATE FUNCTION %%I.%%I(%%s) RETURNS %%s LANGUAGE plpgsql %%s%%s%%s COST %%s%%s AS %%L',
    n.nspname,
    p.proname,
    pg_get_function_identity_arguments(p.oid),
    pg_get_function_result(p.oid),
    CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END,
    CASE WHEN p.proisstrict THEN ' STRICT' ELSE '' END,
    CASE p.proparallel WHEN 's' THEN ' PARALLEL SAFE' WHEN 'r' THEN ' PARALLEL RESTRICTED' ELSE '' END,
    p.procost,
    CASE WHEN p.proretset THEN ' ROWS ' || p.prorows ELSE '' END,
    'BEGIN RAISE EXCEPTION ''redacted''; END'
  ) AS bare_ddl
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.prokind = 'f'
  AND l.lanname IN ('sql', 'plpgsql')
  AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT starts_with(n.nspname, 'pg_temp')
  AND NOT EXISTS (
    SELECT
    FROM pg_depend AS d
    WHERE d.classid = 'pg_proc'::regclass
      AND d.objid = p.oid
      AND d.deptype = 'e'
  )
ORDER BY p.oid
LIMIT %(most)s
