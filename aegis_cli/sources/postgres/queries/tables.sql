-- What holds rows. Before version 14, 0 rows on 0 pages also means never vacuumed.
SELECT
  c.oid::bigint AS oid,
  n.nspname::text AS schema,
  c.relname::text AS name,
  c.relkind::text AS kind,
  c.relpersistence = 'u' AS is_unlogged,
  c.relpages AS pages,
  CASE
    WHEN c.relpages = 0 AND c.reltuples = 0 THEN -1::float8
    ELSE c.reltuples::float8
  END AS rows,
  c.relallvisible AS all_visible_pages,
  c.reloptions AS options,
  ARRAY(
    SELECT i.inhparent::bigint
    FROM pg_inherits AS i
    WHERE i.inhrelid = c.oid
    ORDER BY i.inhseqno
  ) AS parents,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
  pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
  CASE WHEN c.relkind = 'm' THEN rtrim(pg_get_viewdef(c.oid), ';') END AS definition,
  c.relrowsecurity AS has_policies,
  CASE
    WHEN NOT has_any_column_privilege(c.oid, 'SELECT') THEN 'none'
    WHEN row_security_active(c.oid) THEN 'policy'
    WHEN has_table_privilege(c.oid, 'SELECT') THEN 'all'
    ELSE 'some'
  END AS readable
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = ANY (%(oids)s::oid[])
ORDER BY n.nspname, c.relname
