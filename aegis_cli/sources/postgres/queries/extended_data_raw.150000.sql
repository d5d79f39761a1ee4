-- What ANALYZE computed for CREATE STATISTICS. Needs SELECT on pg_statistic_ext_data.
SELECT
  d.stxoid::bigint AS oid,
  d.stxdinherit AS inherited,
  d.stxdndistinct::text AS distinct,
  d.stxddependencies::text AS dependencies,
  encode(d.stxdmcv::bytea, 'hex') AS most_common
FROM pg_statistic_ext_data AS d
WHERE d.stxoid = ANY (%(oids)s::oid[])
