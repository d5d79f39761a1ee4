-- Tables and indexes that are not the system's. Needs no privilege. PostgreSQL 13.
SELECT
    n.nspname,
    c.relname,
    c.oid::bigint,
    c.relfilenode::bigint,
    c.relkind::text,
    coalesce(m.amname, ''),
    coalesce(array_to_string(c.reloptions, ' '), ''),
    coalesce(i.indrelid, 0)::bigint
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_am AS m ON m.oid = c.relam
LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'i', 'I')
    AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
ORDER BY c.oid
