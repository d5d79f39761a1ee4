-- Put before a SELECT: tells its plan without running it. Needs SELECT on its tables.
EXPLAIN FORMAT=JSON
