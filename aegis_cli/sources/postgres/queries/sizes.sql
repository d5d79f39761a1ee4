-- Present sizes of files. Asking takes a lock for a moment, so what somebody else has locked
-- against everything is left out.
SELECT
  c.oid::bigint AS oid,
  pg_relation_size(c.oid) AS size_bytes
FROM pg_class AS c
WHERE c.oid = ANY (%(oids)s::oid[])
  AND c.relkind IN ('r', 'm', 'i')
  AND NOT EXISTS (
    SELECT
    FROM pg_locks AS l
    WHERE l.relation = c.oid
      AND l.mode = 'AccessExclusiveLock'
      AND l.granted
  )
