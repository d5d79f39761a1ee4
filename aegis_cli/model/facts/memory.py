"""Facts about the memory of a process: what grew, and what its collector did."""

from dataclasses import dataclass

from aegis_cli.model.location import CodeLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentMemory:
    """The resident memory of a process over time."""

    pid: int
    points: tuple[tuple[float, int], ...]
    """Seconds since the start of the recording and bytes, in the order of time."""

    @property
    def peak_bytes(self) -> int:
        """Return the most that was seen; what lay between two looks is not."""
        return max(each for _, each in self.points)

    @property
    def growth_bytes(self) -> int:
        """Return how much more there is at the end than at the first look."""
        return self.points[-1][1] - self.points[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerGrowth:
    """A container that lives as long as the program, and how its size went."""

    pid: int
    name: str
    """As it is reached from its module, such as `CACHE` or `Registry.seen`."""
    module: str
    kind: str
    """`dict`, `list`, `set`, `deque`, `lru_cache` and the like."""
    place: CodeLocation
    """Where entries are added, or where the function that remembers is defined."""
    source: str
    """The text of that line, empty if it cannot be read."""
    is_added_in_function: bool
    """Entries are added while the program serves, not only while the module is loaded."""
    is_ever_emptied: bool
    """Somewhere in its module entries are removed, or a bound is set."""
    entries_first: int
    entries_last: int
    span_s: float
    """From the first look to the last."""
    early_per_s: float
    """Median slope of the size in the first half of that time, entries per second."""
    late_per_s: float
    """The same for the second half."""
    is_steady: bool
    """The size rose between nearly all pairs of looks, in both halves, and never fell."""
    hits: int | None = None
    """Calls answered from what a function remembered; None for what is no such function."""
    misses: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualCollections:
    """Calls of `gc.collect` from one line."""

    places: tuple[CodeLocation, ...]
    source: str
    count: int
    total_us: int
    objects: int
    """Objects that were found unreachable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorUse:
    """What the collector of reference cycles did in a process, manual calls included."""

    pid: int
    collections: tuple[int, ...]
    """By generation, the youngest first."""
    total_us: int
    objects: int
    """Objects that were found unreachable, and freed."""
    process_us: int
    """Processor time of the process, or its time where that is not known."""
    manual: tuple[ManualCollections, ...]

    @property
    def share(self) -> float:
        """Return the part of the process's time that the collector took, 0 to 1."""
        return min(1.0, self.total_us / self.process_us) if self.process_us else 0.0

    @property
    def own_us(self) -> int:
        """Return the time of the collections that nobody called for."""
        return max(0, self.total_us - sum(each.total_us for each in self.manual))


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleClass:
    """A class of the program whose objects die in reference cycles."""

    pid: int
    name: str
    """Module and qualified name."""
    place: CodeLocation
    looked_at: int
    """Young objects of the class that were looked at before a collection."""
    found: int
    """Of these, objects that the collector freed."""
    collected_objects: int
    """Objects of all classes that the collector found in this process."""
    collector_us: int

    @property
    def share(self) -> float:
        """Return the part of the objects looked at that only the collector freed."""
        return self.found / self.looked_at if self.looked_at else 0.0
