-- Give relations other files, and the sizes that VACUUM and ANALYZE would have noted. Needs a
-- superuser. PostgreSQL 13.
UPDATE pg_class AS c
SET
    relfilenode = r.file::oid,
    relpages = r.pages,
    reltuples = r.row_count,
    relallvisible = r.visible_pages
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
    relation bigint,
    file bigint,
    pages integer,
    row_count real,
    visible_pages integer
)
WHERE c.oid = r.relation::oid
