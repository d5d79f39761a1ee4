-- Number and file of an index just made. Needs no privilege. PostgreSQL 13.
SELECT
    c.oid::bigint,
    c.relfilenode::bigint
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %(schema)s AND c.relname = %(name)s
