-- Make the planner read the statistics again; analyzes no table.
ANALYZE sqlite_master
