-- What we are connected to. Needs no privilege.
SELECT
  current_setting('server_version_num')::integer AS version,
  current_setting('server_version') AS release,
  current_setting('block_size')::integer AS block_bytes,
  pg_backend_pid() AS backend_pid
