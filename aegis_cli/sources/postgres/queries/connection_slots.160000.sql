-- Slots for connections, our own among the used ones. Whoever can be given a reserved slot sees
-- what all sessions are; for others the server itself refuses.
SELECT
  current_setting('max_connections')::integer AS total,
  current_setting('superuser_reserved_connections')::integer
    + current_setting('reserved_connections')::integer AS reserved,
  (
    SELECT count(*)::integer
    FROM pg_stat_activity
    WHERE backend_type = 'client backend'
  ) AS used
