-- Columns of tables and keys of indexes that are not the system's, with what statistics on
-- them refer to. Needs no privilege. PostgreSQL 13.
SELECT
    n.nspname,
    c.relname,
    a.attname,
    a.attrelid::bigint,
    a.attnum,
    a.attcollation::bigint,
    a.atttypid::bigint,
    -- Elements of an array, and the words of a text search vector.
    CASE
        WHEN base.typcategory = 'A' THEN base.typelem
        WHEN base.oid = 'tsvector'::regtype THEN 'text'::regtype
        ELSE 0
    END::bigint
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_type AS t ON t.oid = a.atttypid
JOIN pg_type AS base ON base.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
WHERE c.relkind IN ('r', 'p', 'i', 'I')
    AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
    AND a.attnum > 0
    AND NOT a.attisdropped
