-- Bounds for reading rows: a short time, one process, and an error instead of rows that a
-- policy hides without a word.
SELECT
  set_config('statement_timeout', %(longest_ms)s, TRUE) AS longest,
  set_config('max_parallel_workers_per_gather', '0', TRUE) AS workers,
  set_config('jit', 'off', TRUE) AS jit,
  set_config('row_security', 'off', TRUE) AS policies
