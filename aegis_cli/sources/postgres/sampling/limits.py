"""How much of a target may be read to correct sizes, and for how long."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingLimits:
    """Bounds of one run; the server enforces the time of each query."""

    rows: int = 30_000
    """Of one table, for ordinary indexes; as many as ANALYZE looks at by default."""
    entry_rows: int = 6_000
    """Of one table, for inverted indexes, which take each value apart."""
    blocks: int = 4_000
    """Of one table, 8192 bytes each (31 MiB); wide rows make this the narrower bound."""
    query_s: float = 5.0
    total_s: float = 20.0
    """Of all queries together."""
    surplus: float = 3.0
    """By how much more rows than expected may come before the statistics count as wrong."""
