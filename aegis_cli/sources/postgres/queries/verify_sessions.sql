-- Names of the other sessions in this database. Privileges: none. PostgreSQL 13.
SELECT coalesce(application_name, '') AS name
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
