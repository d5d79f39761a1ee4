"""Live MySQL and MariaDB: read-only, bounded in time, one connection."""
