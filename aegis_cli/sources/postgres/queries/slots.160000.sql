-- Slots for connections; the last ones are kept for superusers and for roles that may use them.
SELECT
  current_setting('max_connections')::integer AS total,
  current_setting('superuser_reserved_connections')::integer
    + current_setting('reserved_connections')::integer AS reserved
