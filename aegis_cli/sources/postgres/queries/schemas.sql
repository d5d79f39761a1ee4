-- The statements that make schemas; `public` is there already.
SELECT
  n.nspname::text AS name,
  format('CREATE SCHEMA IF NOT EXISTS %%I', n.nspname) AS ddl
FROM pg_namespace AS n
WHERE n.nspname = ANY (%(names)s)
ORDER BY n.nspname
