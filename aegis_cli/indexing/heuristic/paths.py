"""Weigh the ways to the rows of one table: a scan, or a search in one of its indexes."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from aegis_cli.indexing.heuristic.knowledge import Knowledge, primary_key
from aegis_cli.indexing.heuristic.shares import (
    is_equality,
    is_range,
    joined_share,
    key_of,
    matched_share,
    remaining_share,
    share_of,
)
from aegis_cli.indexing.heuristic.weights import DESCENT, ENTRY, FETCH, ROW
from aegis_cli.model.facts.accesses import Condition, TableAccess
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.indexes import IndexKey


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableIndex:
    """An index that exists or would."""

    name: str
    keys: tuple[IndexKey, ...]
    is_clustered: bool = False
    """It is the table itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A way to the rows of a table that satisfy the conditions, for one row joined to."""

    index: UsableIndex | None
    equal: tuple[str, ...]
    ranged: str | None
    is_covering: bool
    gives_order: bool
    gives_groups: bool
    visited: float
    rows: float

    @property
    def text(self) -> str:
        """Return the way as people read it, without the table."""
        if self.index is None:
            return f"full scan, about {self.visited:,.0f} rows"
        keys = [f"{each}=?" for each in self.equal]
        keys += [f"{self.ranged} in a range"] if self.ranged else []
        how = (
            f"search {self.index.name} ({', '.join(keys)})" if keys else (f"scan {self.index.name}")
        )
        without = ", without rows of the table" if self.is_covering else ""
        return f"{how}{without}, about {self.rows:,.0f} rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One appearance of a table that rows are wanted from."""

    access: TableAccess
    table: Table
    knowledge: Knowledge
    indexes: tuple[UsableIndex, ...]

    def best(self, bound: Collection[str]) -> Path:
        """Return the cheapest way, given the aliases (in lower case) joined before."""
        ways = (*self._searches(bound), self._scan(bound))
        return min(ways, key=lambda each: (each.visited, each.index is None))

    def all(self, bound: Collection[str]) -> tuple[Path, ...]:
        """Return every way, for whoever weighs sorting as well."""
        return (*self._searches(bound), self._scan(bound))

    def _scan(self, bound: Collection[str]) -> Path:
        rows = self.knowledge.rows(self.table.name)
        return Path(
            index=None,
            equal=(),
            ranged=None,
            is_covering=False,
            gives_order=False,
            gives_groups=False,
            visited=rows * ROW,
            rows=rows * self._through((), bound),
        )

    def _searches(self, bound: Collection[str]) -> Iterator[Path]:
        for index in self.indexes:
            equal, ranged = self._used(index, bound)
            path = self._search(index, equal, ranged, bound)
            if equal or ranged or path.is_covering or path.gives_order or path.gives_groups:
                yield path

    def _search(
        self, index: UsableIndex, equal: tuple[str, ...], ranged: str | None, bound: Collection[str]
    ) -> Path:
        name = self.table.name
        matched = self.knowledge.rows(name) * matched_share(
            name, equal, self._equalities(equal), self.knowledge
        )
        for each in self._ranges(ranged):
            matched *= share_of(name, each, self.knowledge)
        is_covering = not index.is_clustered and self._is_covering(index)
        each_row = ROW if index.is_clustered else ENTRY + (0.0 if is_covering else FETCH)
        used = (*equal, ranged) if ranged else equal
        tail = index.keys[len(equal) :]
        return Path(
            index=index,
            equal=equal,
            ranged=ranged,
            is_covering=is_covering,
            gives_order=_gives_order(tail, self.access),
            gives_groups=_gives_groups(tail, self.access),
            visited=DESCENT + matched * each_row,
            rows=matched * self._through(used, bound),
        )

    def _used(
        self, index: UsableIndex, bound: Collection[str]
    ) -> tuple[tuple[str, ...], str | None]:
        """Return the keys an index is searched by: those with values, then one with a range."""
        named = {key_of(each).lower() for each in self.access.conditions if is_equality(each)}
        named |= {
            each.column.lower() for each in self.access.joins if each.other_alias.lower() in bound
        }
        equal: list[str] = []
        for key in index.keys:
            if key.text.lower() not in named:
                is_ranged = any(True for _ in self._ranges(key.text))
                return tuple(equal), key.text if is_ranged else None
            equal.append(key.text)
        return tuple(equal), None

    def _equalities(self, keys: Collection[str]) -> tuple[Condition, ...]:
        return tuple(
            each for each in self.access.conditions if is_equality(each) and key_of(each) in keys
        )

    def _ranges(self, key: str | None) -> Iterator[Condition]:
        for each in self.access.conditions:
            if is_range(each) and key is not None and key_of(each).lower() == key.lower():
                yield each

    def _through(self, used: Collection[str], bound: Collection[str]) -> float:
        name = self.table.name
        return remaining_share(self.access, name, used, self.knowledge) * joined_share(
            self.access, name, used, bound, self.knowledge
        )

    def _is_covering(self, index: UsableIndex) -> bool:
        held = {each.text for each in index.keys if not each.is_expression}
        held |= set(primary_key(self.table))
        return not self.access.reads_all_columns and set(self.access.columns_read) <= held


def _gives_order(keys: tuple[IndexKey, ...], access: TableAccess) -> bool:
    """Tell whether walking an index forwards or backwards gives the ORDER BY."""
    order = access.order_by
    if not order or len(keys) < len(order):
        return False
    pairs = [*zip(keys, order, strict=False)]
    turned = {key.descending != term.descending for key, term in pairs}
    return len(turned) == 1 and _same(
        (key.text for key, _ in pairs), (term.text for _, term in pairs)
    )


def _gives_groups(keys: tuple[IndexKey, ...], access: TableAccess) -> bool:
    count = len(access.group_by)
    return count > 0 and {each.text for each in keys[:count]} == set(access.group_by)


def _same(one: Iterable[str], other: Iterable[str]) -> bool:
    return [each.lower() for each in one] == [each.lower() for each in other]
