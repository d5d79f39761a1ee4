-- An index that exists in this session's memory alone; needs the extension, no privilege.
SELECT
  h.indexrelid::bigint AS number,
  h.indexname::text AS name
FROM hypopg_create_index(%(statement)s) AS h
