"""Facts about the connections that a program opened and did not close."""

from dataclasses import dataclass

from aegis_cli.model.facts.executions import Attribution


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionsLeftOpen:
    """Connections of one driver and database that one place of one process opened.

    A connection that nobody refers to any more is closed by its driver, sooner or later; the
    program itself did not close it.
    """

    pid: int
    driver: str
    database: str
    attribution: Attribution
    opened: int
    left_open: int
    """Of these, connections that the program never closed."""
    opened_late: int
    """Of those left open, connections opened in the second half of the time in which statements
    ran: a pool opens its connections early."""
    span_us: int
    """From the first statement of the process to the last."""
