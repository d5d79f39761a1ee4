-- Let the bytes of extended statistics stand for them: they have no input functions. Of use
-- on a throw-away server only. Needs a superuser. PostgreSQL 13.
CREATE CAST (bytea AS pg_ndistinct) WITHOUT FUNCTION;
CREATE CAST (bytea AS pg_dependencies) WITHOUT FUNCTION;
CREATE CAST (bytea AS pg_mcv_list) WITHOUT FUNCTION
