"""Index advice for SQLite, MySQL and MariaDB: rows visited, by estimate."""
