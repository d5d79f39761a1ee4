-- The planner only; nothing is executed.
EXPLAIN (FORMAT JSON, COSTS TRUE, VERBOSE FALSE)
