-- An index and those of its partitions: names and bytes. Privileges: none. PostgreSQL 13.
SELECT
    part.relname::text AS name,
    CASE WHEN part.relkind = 'i' THEN pg_relation_size(part.oid) ELSE 0 END AS size_bytes
FROM pg_class AS part
WHERE part.oid = %(index)s::regclass
    OR part.oid IN (SELECT relid FROM pg_partition_tree(%(index)s::regclass))
