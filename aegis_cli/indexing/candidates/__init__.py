"""Indexes worth asking a planner about, from how statements get at the rows of tables."""
