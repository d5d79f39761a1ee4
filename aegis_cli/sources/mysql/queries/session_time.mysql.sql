-- No SELECT runs longer, in milliseconds (MySQL 5.7.8).
SET SESSION max_execution_time = 30000;
