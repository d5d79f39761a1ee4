-- The indexes of tables by number, and whether ANALYZE keeps statistics of theirs.
SELECT
  i.indexrelid::bigint AS oid,
  i.indexprs IS NOT NULL AS has_expressions
FROM pg_index AS i
WHERE i.indrelid = ANY (%(oids)s::oid[])
