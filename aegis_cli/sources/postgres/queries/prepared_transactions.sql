-- Transactions prepared for two-phase commit; they hold their locks until somebody ends them.
SELECT
  p.gid AS name,
  p.owner::text AS owner,
  p.database::text AS database,
  extract(epoch FROM clock_timestamp() - p.prepared)::float8 AS age_s,
  age(p.transaction)::bigint AS xmin_age
FROM pg_prepared_xacts AS p
ORDER BY p.prepared
LIMIT 100
