-- Average bytes of a sampled value.
SELECT avg(length(CAST({key} AS BLOB)))
FROM {table}
