"""A planner with a small, consistent cost model, for tests of what asks planners.

A statement's cost is the sum over its accesses of the cheapest way to get at the table: reading
it whole, or by an index whose first keys are compared for equality, then one by range. So more
indexes never cost more, and an index that a plan does not use does not matter.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod

from aegis_cli.indexing.cost_cache import OutOfTime
from aegis_cli.indexing.planner import (
    NOTHING_CHANGED,
    Configuration,
    IndexNotSupported,
    PlanEstimate,
    StatementNotPlanned,
)
from aegis_cli.model.facts.indexes import (
    HypotheticalIndex,
    IndexDefinition,
    IndexMethod,
    TableName,
)
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.quantity import Basis

RANDOM_PAGE = 4.0
ROW = 0.01
TINY_MATCH = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One access to one table: the share of rows that each compared column lets through."""

    table: TableName
    equal: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, float] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    limit: int | None = None
    reads: frozenset[str] = frozenset()
    implies: frozenset[str] = frozenset()
    """Predicates of partial indexes that this access satisfies."""


@dataclass(slots=True, kw_only=True)
class FakePlanner:
    """Implements `WhatIfPlanner` over the tables of a snapshot."""

    snapshot: Snapshot
    statements: Mapping[str, tuple[Scan, ...]]
    predicate_shares: Mapping[str, float] = field(default_factory=dict)
    unsupported: frozenset[IndexMethod] = frozenset()
    page_cost: float = 0.0
    """Of reading one page of an index; all of its pages are read when the test sets it."""
    late_after: int | None = None
    """Plans after which time is over, once."""
    known: dict[str, HypotheticalIndex] = field(default_factory=dict)
    explains: int = 0
    basis: Basis = Basis.PLANNER

    def add(self, index: HypotheticalIndex) -> None:
        """Make an index known, unless its method is not supported."""
        if index.definition.method in self.unsupported:
            raise IndexNotSupported(index.name, f"no {index.definition.method} here")
        assert index.name not in self.known
        self.known[index.name] = index

    def remove(self, name: str) -> None:
        """Forget an index."""
        del self.known[name]

    def estimate(self, statement: str, configuration: Configuration) -> PlanEstimate:
        """Return the sum of the cheapest accesses."""
        self.explains += 1
        if self.late_after is not None and self.explains > self.late_after:
            self.late_after = None
            raise OutOfTime
        assert configuration.visible <= self.known.keys()
        if statement not in self.statements:
            raise StatementNotPlanned(statement, "relation does not exist")
        total = 0.0
        used: set[str] = set()
        for scan in self.statements[statement]:
            cost, name = self._cheapest(scan, configuration)
            total += cost
            used |= {name} if name else set()
        return PlanEstimate(cost=total, used=frozenset(used))

    def explain(self, statement: str, configuration: Configuration) -> str:
        """Return the cost and the indexes used."""
        found = self.estimate(statement, configuration)
        return f"Scan using {', '.join(sorted(found.used)) or 'nothing'} (cost={found.cost:.2f})"

    def rows(self, table: TableName, predicate: str | None) -> float:
        """Return the table's rows times the share the test gave the predicate."""
        if predicate is not None and predicate not in self.predicate_shares:
            raise StatementNotPlanned(predicate, "syntax error")
        found = self.snapshot.table(table)
        assert found is not None
        return found.rows * (self.predicate_shares[predicate] if predicate is not None else 1.0)

    def _cheapest(self, scan: Scan, configuration: Configuration) -> tuple[float, str]:
        table = self.snapshot.table(scan.table)
        assert table is not None
        ways = [(table.pages + table.rows * ROW + self._sort(scan), "")]
        for name, definition, pages in self._visible(scan.table, configuration):
            cost = self._by_index(scan, definition)
            if cost is not None:
                ways.append((cost + pages * self.page_cost, name))
        return min(ways)

    def _visible(
        self, table: TableName, configuration: Configuration
    ) -> Iterator[tuple[str, IndexDefinition, int]]:
        for name in sorted(configuration.visible):
            each = self.known[name]
            if each.definition.table == table:
                yield name, each.definition, each.size.pages
        found = self.snapshot.table(table)
        for index in found.indexes if found is not None else ():
            name = f"{table.schema}.{index.name}"
            if name not in configuration.hidden:
                yield name, index.definition, index.pages

    def _by_index(self, scan: Scan, definition: IndexDefinition) -> float | None:
        """Return the cost by an index, or None when it does not serve the access."""
        if definition.method is not IndexMethod.BTREE:
            return None
        if definition.predicate is not None and definition.predicate not in scan.implies:
            return None
        table = self.snapshot.table(scan.table)
        assert table is not None
        share, rest = _matched(definition, scan)
        part = self.predicate_shares.get(definition.predicate or "", 1.0)
        is_sorted = bool(scan.order) and rest[: len(scan.order)] == scan.order
        if share >= 1.0 and part >= 1.0 and not is_sorted:
            return None
        rows = max(table.rows * share * part, 1.0)
        if is_sorted and scan.limit is not None:
            filtered = prod((*scan.equal.values(), *scan.ranges.values())) / share
            rows = min(rows, scan.limit / filtered)
        stored = {*definition.key_columns, *definition.include}
        fetch = ROW if scan.reads and scan.reads <= stored else RANDOM_PAGE
        return RANDOM_PAGE + rows * (ROW + fetch) + (0.0 if is_sorted else self._sort(scan))

    def _sort(self, scan: Scan) -> float:
        table = self.snapshot.table(scan.table)
        return table.rows * ROW if scan.order and table is not None else 0.0


def _matched(definition: IndexDefinition, scan: Scan) -> tuple[float, tuple[str, ...]]:
    """Return the share of rows the leading keys let through, and the keys after the equal ones."""
    share = 1.0
    columns = definition.key_columns
    for position, column in enumerate(columns):
        if column in scan.equal:
            share *= scan.equal[column]
            continue
        return share * scan.ranges.get(column, 1.0), columns[position:]
    return share, ()


def costs(
    planner: FakePlanner, statements: Iterable[str], configuration: Configuration = NOTHING_CHANGED
) -> float:
    """Return the summed cost of statements, without counting the plans."""
    before = planner.explains
    total = sum(planner.estimate(each, configuration).cost for each in statements)
    planner.explains = before
    return total
