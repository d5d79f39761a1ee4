-- Write what ANALYZE would have computed of an object of CREATE STATISTICS. Needs a superuser
-- and the casts of extended_statistics_casts.sql. PostgreSQL 15.
INSERT INTO pg_statistic_ext_data (
    stxoid,
    stxdinherit,
    stxdndistinct,
    stxddependencies,
    stxdmcv
)
SELECT
    s.oid,
    %(inherited)s,
    %(distinct)s::bytea::pg_ndistinct,
    %(dependencies)s::bytea::pg_dependencies,
    %(most_common)s::bytea::pg_mcv_list
FROM pg_statistic_ext AS s
JOIN pg_namespace AS n ON n.oid = s.stxnamespace
WHERE n.nspname = %(schema)s AND s.stxname = %(name)s
RETURNING stxoid::bigint
