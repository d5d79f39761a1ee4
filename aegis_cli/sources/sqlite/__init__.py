"""SQLite database files: opened read-only, planned on a clone of their schema in memory."""
