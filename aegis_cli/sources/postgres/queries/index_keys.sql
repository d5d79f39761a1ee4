-- Each column of each index: name or expression, and what is not the default of its type.
SELECT
  i.indexrelid::bigint AS oid,
  each.place::integer AS place,
  each.number = 0 AS is_expression,
  CASE
    WHEN each.number = 0 THEN pg_get_indexdef(i.indexrelid, each.place::integer, TRUE)
    ELSE a.attname::text
  END AS text,
  o.opcname::text AS operator_class,
  o.opcdefault AS is_default_class,
  n.nspname::text AS class_schema,
  own.attoptions AS class_options,
  CASE
    WHEN l.oid IS NOT NULL AND l.oid <> coalesce(a.attcollation, own.attcollation, 0)
    THEN CASE WHEN ln.nspname = 'pg_catalog' THEN '' ELSE quote_ident(ln.nspname) || '.' END
      || quote_ident(l.collname)
  END AS collation
FROM pg_index AS i
CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS each (number, place)
LEFT JOIN pg_attribute AS a
  ON a.attrelid = i.indrelid AND a.attnum = each.number AND each.number <> 0
LEFT JOIN pg_attribute AS own ON own.attrelid = i.indexrelid AND own.attnum = each.place
LEFT JOIN pg_opclass AS o
  ON o.oid = i.indclass[each.place::integer - 1] AND each.place <= i.indnkeyatts
LEFT JOIN pg_namespace AS n ON n.oid = o.opcnamespace
LEFT JOIN pg_collation AS l
  ON l.oid = i.indcollation[each.place::integer - 1] AND each.place <= i.indnkeyatts
LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
WHERE i.indrelid = ANY (%(oids)s::oid[])
ORDER BY i.indexrelid, each.place
