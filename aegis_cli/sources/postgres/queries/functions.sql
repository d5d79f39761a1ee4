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
    arguments.list,
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
CROSS JOIN LATERAL (
  -- Which arguments may be left out is kept, their defaults are not.
  SELECT string_agg(
    concat_ws(
      ' ',
      CASE a.mode WHEN 'o' THEN 'OUT' WHEN 'b' THEN 'INOUT' WHEN 'v' THEN 'VARIADIC' END,
      quote_ident(nullif(a.name, '')),
      format_type(a.type, NULL),
      CASE
        WHEN a.mode <> 'o' AND a.input > p.pronargs - p.pronargdefaults THEN 'DEFAULT NULL'
      END
    ),
    ', ' ORDER BY a.place
  ) AS list
  FROM (
    SELECT
      u.type,
      coalesce(u.mode, 'i') AS mode,
      u.name,
      u.place,
      count(*) FILTER (WHERE coalesce(u.mode, 'i') <> 'o') OVER (ORDER BY u.place) AS input
    FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargmodes, p.proargnames)
      WITH ORDINALITY AS u (type, mode, name, place)
    WHERE coalesce(u.mode, 'i') <> 't'
  ) AS a
) AS arguments
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
