-- Slots for connections; the last ones are kept for superusers.
SELECT
  current_setting('max_connections')::integer AS total,
  current_setting('superuser_reserved_connections')::integer AS reserved
