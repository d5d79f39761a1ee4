-- End the session of this run that may still be at work. Privileges: the same role. PostgreSQL 13.
SELECT pg_terminate_backend(pid) AS is_told
FROM pg_stat_activity
WHERE application_name = %(name)s AND pid <> pg_backend_pid()
