"""Real PostgreSQL logs with a known truth, and what AEGIS and its peers make of them."""
