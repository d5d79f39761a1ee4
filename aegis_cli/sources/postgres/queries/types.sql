-- Enumerations, domains, composite types and ranges, with the statements that make them. A range's
-- canonical function is C and left out; it plays no part in planning.
SELECT
  t.oid::bigint AS oid,
  n.nspname::text AS schema,
  t.typname::text AS name,
  t.typtype = 'd' AS is_domain,
  count(*) OVER ()::bigint AS total,
  CASE t.typtype
    WHEN 'e' THEN format(
      'CREATE TYPE %%I.%%I AS ENUM (%%s)',
      n.nspname,
      t.typname,
      (
        SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
        FROM pg_enum AS e
        WHERE e.enumtypid = t.oid
      )
    )
    WHEN 'd' THEN format(
      'CREATE DOMAIN %%I.%%I AS %%s%%s%%s%%s%%s',
      n.nspname,
      t.typname,
      format_type(t.typbasetype, t.typtypmod),
      CASE
        WHEN t.typcollation <> b.typcollation
        THEN format(' COLLATE %%I.%%I', ln.nspname, l.collname)
        ELSE ''
      END,
      ' DEFAULT ' || t.typdefault,
      CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END,
      (
        SELECT string_agg(
          format(
            ' CONSTRAINT %%I %%s',
            k.conname,
            regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')
          ),
          '' ORDER BY k.conname
        )
        FROM pg_constraint AS k
        WHERE k.contypid = t.oid
          AND k.contype = 'c'
      )
    )
    WHEN 'c' THEN format(
      'CREATE TYPE %%I.%%I AS (%%s)',
      n.nspname,
      t.typname,
      (
        SELECT string_agg(
          format('%%I %%s', a.attname, format_type(a.atttypid, a.atttypmod)),
          ', ' ORDER BY a.attnum
        )
        FROM pg_attribute AS a
        WHERE a.attrelid = t.typrelid
          AND a.attnum > 0
          AND NOT a.attisdropped
      )
    )
    ELSE format(
      'CREATE TYPE %%I.%%I AS RANGE (SUBTYPE = %%s, SUBTYPE_OPCLASS = %%I.%%I%%s)',
      n.nspname,
      t.typname,
      format_type(r.rngsubtype, NULL),
      cn.nspname,
      c.opcname,
      ', SUBTYPE_DIFF = ' || nullif(r.rngsubdiff::oid, 0)::regproc
    )
  END AS ddl,
  CASE
    WHEN t.typtype = 'd'
    THEN format(
      'CREATE DOMAIN %%I.%%I AS %%s%%s',
      n.nspname,
      t.typname,
      format_type(t.typbasetype, t.typtypmod),
      CASE
        WHEN t.typcollation <> b.typcollation
        THEN format(' COLLATE %%I.%%I', ln.nspname, l.collname)
        ELSE ''
      END
    )
  END AS bare_ddl
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_type AS b ON b.oid = nullif(t.typbasetype, 0)
LEFT JOIN pg_collation AS l ON l.oid = nullif(t.typcollation, 0)
LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
LEFT JOIN pg_class AS composite ON composite.oid = nullif(t.typrelid, 0)
LEFT JOIN pg_range AS r ON r.rngtypid = t.oid
LEFT JOIN pg_opclass AS c ON c.oid = r.rngsubopc
LEFT JOIN pg_namespace AS cn ON cn.oid = c.opcnamespace
WHERE t.typtype IN ('e', 'd', 'c', 'r')
  AND (t.typtype <> 'c' OR composite.relkind = 'c')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT starts_with(n.nspname, 'pg_toast')
  AND NOT starts_with(n.nspname, 'pg_temp')
  AND NOT EXISTS (
    SELECT
    FROM pg_depend AS d
    WHERE d.classid = 'pg_type'::regclass
      AND d.objid = t.oid
      AND d.deptype = 'e'
  )
  AND NOT EXISTS (
    SELECT
    FROM pg_depend AS d
    WHERE d.classid = 'pg_class'::regclass
      AND d.objid = t.typrelid
      AND t.typrelid <> 0
      AND d.deptype = 'e'
  )
ORDER BY t.oid
LIMIT %(most)s
