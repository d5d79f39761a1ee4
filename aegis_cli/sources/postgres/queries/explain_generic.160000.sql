-- The planner only; parameters stay open.
EXPLAIN (FORMAT JSON, GENERIC_PLAN TRUE)
