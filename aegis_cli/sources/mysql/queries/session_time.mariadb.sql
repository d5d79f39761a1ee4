-- No statement runs longer, in seconds (MariaDB 10.1).
SET SESSION max_statement_time = 30;
