-- Tell the planner of our own empty copy what the table is like.
INSERT INTO sqlite_stat1 (tbl, idx, stat)
VALUES (?, ?, ?)
