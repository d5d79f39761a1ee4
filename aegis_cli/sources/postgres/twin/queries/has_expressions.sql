-- One row if an object of CREATE STATISTICS is on an expression. Needs no privilege. Before
-- PostgreSQL 14 there are none and no column tells, hence the row as a document. PostgreSQL 13.
SELECT s.oid::bigint
FROM pg_statistic_ext AS s
JOIN pg_namespace AS n ON n.oid = s.stxnamespace
WHERE n.nspname = %(schema)s
    AND s.stxname = %(name)s
    AND to_jsonb(s) ->> 'stxexprs' IS NOT NULL
