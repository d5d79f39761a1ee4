"""Gather what runs against a database from logs, reports, scripts and the server's counters."""
