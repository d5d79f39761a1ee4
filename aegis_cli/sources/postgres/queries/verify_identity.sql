-- Which server and database this is. Privileges: none. PostgreSQL 13.
SELECT
    control.system_identifier::text AS system_identifier,
    to_char(
        pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'
    ) AS started_at,
    database.oid::bigint AS database_oid,
    current_setting('server_version_num')::integer AS version,
    pg_is_in_recovery() AS is_standby,
    pg_backend_pid() AS pid
FROM pg_control_system() AS control
CROSS JOIN pg_database AS database
WHERE database.datname = current_database()
