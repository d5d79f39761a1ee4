-- Run at the start of the session: nothing can be written, and nobody waits for us long.
SET SESSION TRANSACTION READ ONLY;
SET SESSION lock_wait_timeout = 2;
SET SESSION innodb_lock_wait_timeout = 2;
