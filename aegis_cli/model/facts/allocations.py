"""What a line of code keeps in memory, as a tracer of allocations sees it."""

from dataclasses import dataclass

from aegis_cli.model.location import CodeLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationSnapshot:
    """What a line kept alive at one moment."""

    at_s: float
    """Seconds since the start of the process."""
    size_bytes: int
    count: int
    """Blocks of memory, about one per object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationSite:
    """A line of one process that allocates, with what it kept alive in each snapshot.

    Memory that was freed again before a snapshot is not seen.
    """

    pid: int
    location: CodeLocation
    """The line of the program's own code; where a library allocates, the line that called it."""
    snapshots: tuple[AllocationSnapshot, ...]
    """In the order of time, at least one; a line that kept nothing yet is there with zeros."""
    traced_peak_bytes: int
    """What all lines together kept alive in the snapshot where that was most."""

    @property
    def size_bytes(self) -> int:
        """Return what is alive at the end."""
        return self.snapshots[-1].size_bytes

    @property
    def count(self) -> int:
        """Return the number of blocks alive at the end."""
        return self.snapshots[-1].count

    @property
    def peak(self) -> AllocationSnapshot:
        """Return the snapshot in which the line kept the most."""
        return max(self.snapshots, key=lambda each: each.size_bytes)

    @property
    def growth_bytes(self) -> int:
        """Return how much more is alive at the end than at the first snapshot."""
        return self.snapshots[-1].size_bytes - self.snapshots[0].size_bytes
