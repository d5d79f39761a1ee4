-- Who waits for whom, by the server's own account (pg_blocking_pids), which knows of those ahead
-- in the queue. Who waits stands in pg_locks, which every role may read in full.
-- A blocker without a process is a prepared transaction: it holds the same thing that is waited
-- for, and a lock on its own number.
WITH waiting AS (
  SELECT DISTINCT ON (l.pid)
    l.pid,
    l.mode,
    l.locktype,
    l.database,
    l.relation,
    l.page,
    l.tuple,
    l.transactionid,
    l.classid,
    l.objid,
    l.objsubid
  FROM pg_locks AS l
  WHERE NOT l.granted AND l.pid IS NOT NULL
  ORDER BY l.pid
  LIMIT %(most)s
)
SELECT
  w.pid AS waiter,
  b.pid AS blocker,
  w.mode || ' on ' || w.locktype
    || coalesce(' ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname), '') AS lock,
  NULL::float8 AS waiting_s,
  CASE WHEN b.pid = 0 THEN (
    SELECT min(p.gid)
    FROM pg_locks AS h
    INNER JOIN pg_locks AS own
      ON own.virtualtransaction = h.virtualtransaction
      AND own.pid IS NULL
      AND own.locktype = 'transactionid'
    INNER JOIN pg_prepared_xacts AS p ON p.transaction = own.transactionid
    WHERE h.granted
      AND h.pid IS NULL
      AND h.locktype = w.locktype
      AND h.database IS NOT DISTINCT FROM w.database
      AND h.relation IS NOT DISTINCT FROM w.relation
      AND h.page IS NOT DISTINCT FROM w.page
      AND h.tuple IS NOT DISTINCT FROM w.tuple
      AND h.transactionid IS NOT DISTINCT FROM w.transactionid
      AND h.classid IS NOT DISTINCT FROM w.classid
      AND h.objid IS NOT DISTINCT FROM w.objid
      AND h.objsubid IS NOT DISTINCT FROM w.objsubid
  ) END AS prepared
FROM waiting AS w
CROSS JOIN LATERAL (SELECT DISTINCT unnest(pg_blocking_pids(w.pid)) AS pid) AS b
LEFT JOIN pg_class AS c
  ON c.oid = w.relation AND w.database = (
    SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()
  )
LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY w.pid, b.pid
