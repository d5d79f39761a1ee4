"""Live PostgreSQL: read-only, bounded in time, one connection."""
