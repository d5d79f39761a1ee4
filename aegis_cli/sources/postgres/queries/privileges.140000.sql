-- What this role may do. Needs no privilege; settings hidden from it are left out of pg_settings.
-- pg_stat_statements defines its settings only when it was preloaded.
SELECT
  current_user::text AS role,
  (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) AS is_superuser,
  pg_has_role('pg_read_all_stats', 'USAGE') AS reads_all_statistics,
  pg_has_role('pg_read_all_data', 'USAGE') AS reads_all_data,
  has_table_privilege('pg_catalog.pg_statistic', 'SELECT') AS reads_raw_statistics,
  has_table_privilege('pg_catalog.pg_statistic_ext_data', 'SELECT')
    AS reads_raw_extended_statistics,
  pg_is_in_recovery() AS is_standby,
  current_setting('pg_stat_statements.max', TRUE) IS NOT NULL AS preloads_statements
