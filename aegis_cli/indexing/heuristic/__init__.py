"""Index advice for databases whose planner tells no cost: rows visited, by our own estimate."""
