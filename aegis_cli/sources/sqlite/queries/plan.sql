-- Put before a statement: tells its plan without running it.
EXPLAIN QUERY PLAN
