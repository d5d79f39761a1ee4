"""Look at the connections of a running system: who holds them, and who waits for whom."""
