-- Indexes with their keys taken apart. Options: 1 is descending, 2 is nulls first.
SELECT
  i.indexrelid::bigint AS oid,
  i.indrelid::bigint AS table_oid,
  c.relname::text AS name,
  m.amname::text AS method,
  i.indisunique AS is_unique,
  i.indisvalid AND i.indisready AND i.indislive AS is_valid,
  i.indisreplident AS is_replica_identity,
  i.indisclustered AS is_clustered,
  i.indnullsnotdistinct AS nulls_not_distinct,
  i.indnkeyatts::integer AS key_count,
  c.relpages AS pages,
  c.reltuples::float8 AS rows,
  pg_get_indexdef(i.indexrelid) AS ddl,
  pg_get_expr(i.indpred, i.indrelid, TRUE) AS predicate,
  (
    SELECT k.conname::text
    FROM pg_constraint AS k
    WHERE k.conindid = i.indexrelid
      AND k.conrelid = i.indrelid
      AND k.contype IN ('p', 'u', 'x')
    LIMIT 1
  ) AS constraint,
  (
    SELECT p.relname::text
    FROM pg_inherits AS h
    JOIN pg_class AS p ON p.oid = h.inhparent
    WHERE h.inhrelid = i.indexrelid
    LIMIT 1
  ) AS parent,
  CASE WHEN c.relkind = 'i' THEN pg_stat_get_numscans(i.indexrelid) END AS scans,
  to_char(
    pg_stat_get_lastscan(i.indexrelid) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
  ) AS last_scan,
  i.indnatts::integer AS column_count,
  i.indoption::int2[]::integer[] AS options
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_am AS m ON m.oid = c.relam
WHERE i.indrelid = ANY (%(oids)s::oid[])
ORDER BY i.indrelid, c.relname
