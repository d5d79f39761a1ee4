"""Budgets for tests: queries, time, memory, and no N+1."""
