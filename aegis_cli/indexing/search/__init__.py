"""Choosing indexes among candidates: what the planner would use, and what fits the limits."""
