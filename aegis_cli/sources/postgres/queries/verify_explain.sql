-- The planner only; it also fills the session's caches, so that timing starts warm.
EXPLAIN (FORMAT JSON)
