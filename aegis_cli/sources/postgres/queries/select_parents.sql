-- Everything that these tables are partitions of or inherit from.
WITH RECURSIVE reached AS (
  SELECT i.inhparent AS oid
  FROM pg_inherits AS i
  WHERE i.inhrelid = ANY (%(oids)s::oid[])
  UNION
  SELECT i.inhparent
  FROM reached AS r
  JOIN pg_inherits AS i ON i.inhrelid = r.oid
)
SELECT r.oid::bigint AS oid
FROM reached AS r
JOIN pg_class AS c ON c.oid = r.oid
WHERE c.relkind IN ('r', 'p', 'f')
