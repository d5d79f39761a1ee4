-- How many sessions wait for a lock.
SELECT count(DISTINCT l.pid)::integer AS waiters FROM pg_locks AS l WHERE NOT l.granted
