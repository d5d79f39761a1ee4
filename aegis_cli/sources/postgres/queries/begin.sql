-- A read-only transaction with its limits; the names we are told are qualified, for in the
-- search path of this session there is nothing but the catalog.
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL statement_timeout = %(statement_ms)s;
SET LOCAL lock_timeout = %(lock_ms)s;
SET LOCAL idle_in_transaction_session_timeout = %(idle_ms)s;
SET LOCAL search_path = pg_catalog;
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL TimeZone = 'UTC';
SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex';
SET LOCAL standard_conforming_strings = on;
