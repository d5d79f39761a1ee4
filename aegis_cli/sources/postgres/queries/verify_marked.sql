-- Indexes whose comment starts like ours. Privileges: none. PostgreSQL 13.
SELECT
    space.nspname::text AS schema,
    index.relname::text AS name,
    description.description AS comment
FROM pg_description AS description
JOIN pg_class AS index ON index.oid = description.objoid
JOIN pg_namespace AS space ON space.oid = index.relnamespace
WHERE description.classoid = 'pg_class'::regclass
    AND description.objsubid = 0
    AND index.relkind IN ('i', 'I')
    AND starts_with(description.description, %(mark)s)
ORDER BY 1, 2
