-- Extensions that could be created here.
SELECT a.name::text AS name
FROM pg_available_extensions AS a
