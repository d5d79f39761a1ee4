"""How much a verification may ask of the database it was given."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationLimits:
    """Limits in seconds, and how often each statement is timed."""

    time_budget_s: float = 60.0
    """For timing; no new pair of executions starts after it."""
    most_rounds: int = 15
    statement_s: float = 30.0
    """After which one execution is cut off."""
    build_s: float = 3600.0
    """For one index."""
    lock_s: float = 5.0
    connect_s: float = 10.0
    tolerance: float = 0.05
    """By how much more than 1 the whole interval must be before a statement counts as slower."""
