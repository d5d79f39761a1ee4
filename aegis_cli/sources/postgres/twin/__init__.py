"""A throw-away server whose planner believes in the sizes and statistics of another."""
