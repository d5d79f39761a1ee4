-- Constraints of tables, without triggers and NOT NULL, which is a column's.
SELECT
  k.conrelid::bigint AS table_oid,
  k.conname::text AS name,
  k.contype::text AS kind,
  ARRAY(
    SELECT a.attname::text
    FROM unnest(k.conkey) WITH ORDINALITY AS each (number, place)
    JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = each.number
    ORDER BY each.place
  ) AS columns,
  pg_get_constraintdef(k.oid) AS definition,
  CASE WHEN k.contype IN ('p', 'u', 'x') THEN i.relname::text END AS index,
  rn.nspname::text AS referenced_schema,
  rt.relname::text AS referenced_table,
  ARRAY(
    SELECT a.attname::text
    FROM unnest(k.confkey) WITH ORDINALITY AS each (number, place)
    JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = each.number
    ORDER BY each.place
  ) AS referenced_columns,
  k.convalidated AS is_validated,
  NOT k.conislocal OR k.conparentid <> 0 AS is_inherited
FROM pg_constraint AS k
LEFT JOIN pg_class AS i ON i.oid = k.conindid
LEFT JOIN pg_class AS rt ON rt.oid = nullif(k.confrelid, 0)
LEFT JOIN pg_namespace AS rn ON rn.oid = rt.relnamespace
WHERE k.conrelid = ANY (%(oids)s::oid[])
  AND k.contype IN ('p', 'u', 'f', 'c', 'x')
ORDER BY k.conrelid, k.conname
