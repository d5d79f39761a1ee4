-- Enums among the columns of CREATE STATISTICS objects: the most common combinations hold their
-- labels by number, and numbers differ from server to server.
SELECT
  e.oid::bigint AS oid,
  n.nspname::text AS schema,
  t.typname::text AS type,
  t.oid::bigint AS type_number,
  l.oid::bigint AS label_number,
  l.enumlabel::text AS label
FROM pg_statistic_ext AS e
JOIN pg_attribute AS a ON a.attrelid = e.stxrelid AND a.attnum = ANY (e.stxkeys::smallint[])
JOIN pg_type AS t ON t.oid = a.atttypid AND t.typtype = 'e'
JOIN pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_enum AS l ON l.enumtypid = t.oid
WHERE e.oid = ANY (%(oids)s::oid[]) AND 'm' = ANY (e.stxkind)
ORDER BY e.oid, t.oid, l.enumsortorder
