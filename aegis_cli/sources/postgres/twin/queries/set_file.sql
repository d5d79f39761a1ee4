-- Make a relation's rows those of another file. Needs a superuser. PostgreSQL 13.
UPDATE pg_class
SET relfilenode = %(file)s::bigint::oid
WHERE oid = %(relation)s::bigint::oid
