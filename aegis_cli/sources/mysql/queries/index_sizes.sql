-- Pages of InnoDB's indexes. Needs SELECT on mysql.innodb_index_stats.
SELECT
  table_name AS table_name,
  index_name AS name,
  stat_value AS pages
FROM mysql.innodb_index_stats
WHERE database_name = :name
  AND stat_name = 'size'
