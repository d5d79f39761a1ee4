-- How much long values that the table holds uncompressed repeat themselves; an index compresses
-- what takes more than 508 bytes (TOAST_INDEX_TARGET). Never the values themselves.
-- Needs SELECT on the column.
SELECT
  coalesce(sum(length(l.value)), 0)::float8 AS characters,
  coalesce(sum(g.grams), 0)::float8 AS grams
FROM (
  SELECT left(s.{column}::text, 4000) AS value
  FROM {table} AS s TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (%(seed)s)
  WHERE pg_column_size(s.{column}) > 508
  LIMIT %(most_values)s
) AS l
CROSS JOIN LATERAL (
  SELECT count(DISTINCT substr(l.value, c.start, 4)) AS grams
  FROM generate_series(1, length(l.value) - 3) AS c (start)
) AS g
