"""Readers of database logs: bytes in, columns of executions and events out."""
