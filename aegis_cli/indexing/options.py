"""The indexes a search decides on: those it may propose and those it may drop."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aegis_cli.indexing.planner import Configuration
from aegis_cli.model.facts.catalog import ExistingIndex
from aegis_cli.model.facts.indexes import IndexDefinition, IndexSize, TableName


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An index that may be there or not, and what it takes to have it."""

    bit: int
    """Its place in bit masks."""
    name: str
    """As the planner knows it; of an existing index with its schema."""
    definition: IndexDefinition
    size: IndexSize
    write_cost: float
    """Planner cost of keeping it up over the workload's window, heuristic."""
    existing: ExistingIndex | None = None
    """None for an index that would be new."""
    notes: tuple[str, ...] = ()

    @property
    def mask(self) -> int:
        """Return the mask of this index alone."""
        return 1 << self.bit

    @property
    def is_new(self) -> bool:
        """Tell whether the index does not exist yet."""
        return self.existing is None


class Options:
    """All options of one search; they get bits in the order they come, and keep them."""

    def __init__(self) -> None:
        """Start without options."""
        self._options: list[Option] = []
        self._bits: dict[str, int] = {}
        self._masks: dict[TableName, int] = {}
        self._existing = 0

    def add(
        self,
        name: str,
        definition: IndexDefinition,
        size: IndexSize,
        write_cost: float,
        *,
        existing: ExistingIndex | None = None,
        notes: tuple[str, ...] = (),
    ) -> Option:
        """Give an index its bit."""
        option = Option(
            bit=len(self._options),
            name=name,
            definition=definition,
            size=size,
            write_cost=write_cost,
            existing=existing,
            notes=notes,
        )
        self._options.append(option)
        self._bits[name] = option.bit
        self._masks[definition.table] = self._masks.get(definition.table, 0) | option.mask
        if existing is not None:
            self._existing |= option.mask
        return option

    def retire(self, mask: int) -> None:
        """Let no query see some options any more; their bits stay taken."""
        for table, known in self._masks.items():
            self._masks[table] = known & ~mask

    def __iter__(self) -> Iterator[Option]:
        return iter(tuple(self._options))

    def __len__(self) -> int:
        return len(self._options)

    @property
    def existing(self) -> int:
        """Return the mask of the indexes that are there today."""
        return self._existing

    def of(self, mask: int) -> Iterator[Option]:
        """Yield the options of a mask, the lowest bit first."""
        for bit in bits(mask):
            yield self._options[bit]

    def on(self, tables: Iterable[TableName]) -> int:
        """Return the mask of all options on some tables."""
        found = 0
        for each in tables:
            found |= self._masks.get(each, 0)
        return found

    def configuration(self, visible: int) -> Configuration:
        """Return what the planner is to see; existing indexes that are not visible are hidden."""
        return Configuration(
            visible=frozenset(each.name for each in self.of(visible & ~self._existing)),
            hidden=frozenset(each.name for each in self.of(self._existing & ~visible)),
        )

    def mask(self, names: Iterable[str]) -> int:
        """Return the bits of those names that are options."""
        found = 0
        for name in names:
            bit = self._bits.get(name)
            found |= 0 if bit is None else 1 << bit
        return found

    def size_bytes(self, mask: int) -> int:
        """Return what a set of indexes takes, less what the dropped existing ones give back."""
        taken = sum(each.size.size_bytes for each in self.of(mask & ~self._existing))
        return taken - sum(each.size.size_bytes for each in self.of(self._existing & ~mask))

    def write_cost(self, mask: int) -> float:
        """Return the planner cost of keeping up a set of indexes, heuristic."""
        return sum(each.write_cost for each in self.of(mask))


def bits(mask: int) -> Iterator[int]:
    """Yield the bits of a mask, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
