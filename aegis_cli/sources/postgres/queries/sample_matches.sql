-- How many rows in some blocks of a table satisfy the predicate of a partial index.
-- Needs SELECT on its columns.
SELECT
  count(*) AS rows,
  count(*) FILTER (WHERE s.is_matching) AS matching
FROM (
  SELECT (
{predicate}
  ) AS is_matching
  FROM {table} TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (%(seed)s)
  LIMIT %(most_rows)s
) AS s
