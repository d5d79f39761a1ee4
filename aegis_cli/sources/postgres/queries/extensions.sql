-- Extensions of the database, without the language that every database has.
SELECT
  e.extname::text AS name,
  e.extversion AS version,
  n.nspname::text AS schema
FROM pg_extension AS e
JOIN pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql'
ORDER BY e.oid
