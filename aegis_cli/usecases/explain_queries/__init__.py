"""Explain the queries of a workload from its logs."""
