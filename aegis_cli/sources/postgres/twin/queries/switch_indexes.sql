-- Make some indexes visible to the planner and others not. Needs a superuser. PostgreSQL 13.
UPDATE pg_index
SET indisvalid = indexrelid = ANY(%(on)s::bigint[]::oid[])
WHERE indexrelid = ANY(%(changed)s::bigint[]::oid[])
