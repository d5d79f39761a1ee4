-- The statements that make extensions, in the order in which they were made. Which version a copy
-- gets is up to its server.
SELECT
  e.extname::text AS name,
  e.extversion AS version,
  n.nspname::text AS schema,
  format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I CASCADE', e.extname, n.nspname) AS ddl
FROM pg_extension AS e
JOIN pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql'
ORDER BY e.oid
