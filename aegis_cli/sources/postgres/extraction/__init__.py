"""Read schema and statistics of a database from its catalog, without a lock on any table."""
