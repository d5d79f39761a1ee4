-- A transaction that may change the schema; what follows says what in it is read-only.
BEGIN TRANSACTION READ WRITE;
SET LOCAL statement_timeout = %(statement_ms)s;
SET LOCAL lock_timeout = %(lock_ms)s;
SET LOCAL idle_in_transaction_session_timeout = %(idle_ms)s;
