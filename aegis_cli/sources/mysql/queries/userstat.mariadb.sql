-- Whether MariaDB counts the use of indexes; no privilege needed.
SELECT @@userstat AS is_counted
