-- Histograms of ANALYZE TABLE … UPDATE HISTOGRAM, of columns on which we have any privilege.
SELECT
  table_name AS table_name,
  column_name AS name,
  histogram AS histogram
FROM information_schema.column_statistics
WHERE schema_name = :name
