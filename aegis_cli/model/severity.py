"""How bad a finding is, and how sure we are of it; the two are kept apart."""

from enum import StrEnum


class Severity(StrEnum):
    """How much the problem matters if it is real."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Return the position in the order, 0 for the mildest."""
        return list(type(self)).index(self)


class Confidence(StrEnum):
    """How sure we are that the problem is real."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Return the position in the order, 0 for the least sure."""
        return list(type(self)).index(self)
