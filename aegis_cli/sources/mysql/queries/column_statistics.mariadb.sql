-- Values of columns after ANALYZE TABLE … PERSISTENT. Needs SELECT on mysql.column_stats.
SELECT
  table_name AS table_name,
  column_name AS name,
  nulls_ratio AS null_share,
  avg_length AS width,
  avg_frequency AS rows_per_value
FROM mysql.column_stats
WHERE db_name = :name
