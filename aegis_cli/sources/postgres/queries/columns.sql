-- Columns with the type facts that index sizes depend on. A btree stores equal keys once when the
-- type's default operator class has support function 4 (equalimage) and the collation is
-- deterministic (documentation: "Deduplication").
WITH bases AS (
  SELECT
    a.attrelid,
    a.attnum,
    coalesce(d3.oid, d2.oid, d1.oid, t.oid) AS oid
  FROM pg_attribute AS a
  JOIN pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_type AS d1 ON t.typtype = 'd' AND d1.oid = t.typbasetype
  LEFT JOIN pg_type AS d2 ON d1.typtype = 'd' AND d2.oid = d1.typbasetype
  LEFT JOIN pg_type AS d3 ON d2.typtype = 'd' AND d3.oid = d2.typbasetype
  WHERE a.attrelid = ANY (%(oids)s::oid[])
    AND a.attnum > 0
    AND NOT a.attisdropped
)
SELECT
  a.attrelid::bigint AS table_oid,
  a.attname::text AS name,
  a.attnum::integer AS number,
  format_type(a.atttypid, a.atttypmod) AS type_name,
  a.attlen::integer AS type_length,
  CASE a.attalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'i' THEN 4 ELSE 8 END AS type_alignment,
  base.typcategory::text AS type_category,
  coalesce(l.collisdeterministic, TRUE) AND EXISTS (
    SELECT
    FROM pg_opclass AS o
    JOIN pg_amproc AS p
      ON p.amprocfamily = o.opcfamily
      AND p.amproclefttype = o.opcintype
      AND p.amprocrighttype = o.opcintype
      AND p.amprocnum = 4
    WHERE o.opcmethod = 403
      AND o.opcdefault
      AND o.opcintype = CASE
        WHEN base.typtype = 'e' THEN 'anyenum'::regtype
        WHEN base.typtype = 'r' THEN 'anyrange'::regtype
        WHEN base.typcategory = 'A' THEN 'anyarray'::regtype
        WHEN base.oid = 'varchar'::regtype THEN 'text'::regtype
        WHEN base.oid = 'cidr'::regtype THEN 'inet'::regtype
        ELSE base.oid
      END
  ) AS deduplicates,
  CASE WHEN t.typtype = 'd' THEN format_type(base.oid, t.typtypmod) END AS base_type,
  a.attnotnull AS not_null,
  CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS default_value,
  CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated,
  a.attgenerated = 'v' AS is_virtual,
  CASE
    WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation
    THEN quote_ident(ln.nspname) || '.' || quote_ident(l.collname)
  END AS collation
FROM pg_attribute AS a
JOIN bases AS b ON b.attrelid = a.attrelid AND b.attnum = a.attnum
JOIN pg_type AS t ON t.oid = a.atttypid
JOIN pg_type AS base ON base.oid = b.oid
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
ORDER BY a.attrelid, a.attnum
