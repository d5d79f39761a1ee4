-- What ANALYZE wrote; the table exists only after the first ANALYZE.
SELECT
  tbl,
  idx,
  stat
FROM sqlite_stat1
