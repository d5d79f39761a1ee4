-- How many sampled rows there are, and how many satisfy a condition.
SELECT
  count(*),
  coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)
FROM {table}
