-- Rows of a table, counted up to a bound.
SELECT count(*)
FROM (SELECT 1 FROM {table} LIMIT ?)
