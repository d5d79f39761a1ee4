-- What the server is; no privilege needed.
SELECT
  @@version AS version,
  @@version_comment AS comment,
  @@performance_schema AS has_performance_schema,
  @@read_only AS is_read_only,
  @@innodb_page_size AS page_size,
  DATABASE() AS name
