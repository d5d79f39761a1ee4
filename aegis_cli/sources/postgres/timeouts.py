"""How long we may occupy a server that belongs to others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Limits in seconds, all but the first enforced by the server itself."""

    connect_s: float = 10.0
    statement_s: float = 30.0
    lock_s: float = 1.0
    """Waiting for a lock would make others wait behind us."""
    idle_s: float = 60.0
    """Before the server ends a transaction of ours in which nothing happens."""

    @property
    def answer_s(self) -> float:
        """Return after how long without an answer the server counts as lost."""
        return self.statement_s + self.connect_s
