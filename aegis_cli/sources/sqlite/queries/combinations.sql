-- Sampled rows, different combinations of keys, and those that appear once.
SELECT
  coalesce(sum(times), 0),
  count(*),
  coalesce(sum(times = 1), 0)
FROM (SELECT count(*) AS times FROM {table} GROUP BY {keys})
