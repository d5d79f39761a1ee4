-- Executes the statement; its rows are not sent, and no clock is read per row.
EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)
