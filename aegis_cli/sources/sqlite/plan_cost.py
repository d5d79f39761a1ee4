"""Estimate how many rows a SQLite plan visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aegis_cli.indexing.heuristic.knowledge import Catalog, Knowledge, primary_key
from aegis_cli.indexing.heuristic.shares import (
    is_equality,
    is_range,
    joined_share,
    key_of,
    matched_share,
    remaining_share,
    share_of,
)
from aegis_cli.indexing.heuristic.weights import DESCENT, ENTRY, FETCH, ROW, SORTED
from aegis_cli.model.facts.accesses import Condition, StatementAccess, TableAccess
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.indexes import IndexDefinition
from aegis_cli.sources.sqlite.plan_tree import Loop, PlanStep

ASSUMED_LIMIT = 20
"""Rows of a page, where the statement's LIMIT is a bind value."""
_SORT = "USE TEMP B-TREE"
_ONCE = ("MATERIALIZE ", "CO-ROUTINE ", "SCALAR SUBQUERY", "LIST SUBQUERY", "SETUP", "RECURSIVE")
_OR = "MULTI-INDEX OR"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """What one execution of some steps comes to."""

    visited: float
    rows: float
    once: float = 0.0
    """Visited only the first time, however often it is walked."""


class PlanCost:
    """Costs of the plans of one statement."""

    def __init__(
        self,
        access: StatementAccess,
        catalog: Catalog,
        knowledge: Knowledge,
        indexes: Mapping[str, IndexDefinition],
    ) -> None:
        """Prepare.

        Args:
            access: What the statement asks of each table.
            catalog: The file's tables.
            knowledge: Their rows and values.
            indexes: Every index by its name, those that do not exist included.
        """
        self._access = access
        self._catalog = catalog
        self._knowledge = knowledge
        self._indexes = indexes
        self._derived: dict[str, float] = {}

    def of(self, steps: Sequence[PlanStep]) -> float:
        """Return the weighted rows and entries visited by a plan."""
        walk = self._walk(steps)
        return walk.visited * self._stopped_early(steps, walk.rows)

    def _walk(self, steps: Sequence[PlanStep]) -> _Walk:
        """Walk steps beside each other: every loop runs once per row of those before it."""
        visited, rows = 0.0, 1.0
        bound: set[str] = set()
        for step in steps:
            if step.loop is not None:
                each = self._loop(step.loop, bound)
                visited += rows * each.visited + each.once
                rows *= each.rows
                bound.add(step.loop.name.lower())
            elif step.detail == _OR:
                each = self._alternatives(step, bound)
                visited += rows * each.visited
                rows *= each.rows
            elif step.detail.startswith(_SORT):
                visited += rows * SORTED
            else:
                visited += self._nested(step, rows)
        return _Walk(visited=visited, rows=rows)

    def _nested(self, step: PlanStep, rows: float) -> float:
        """Return what the steps below one that is no loop visit."""
        inner = self._walk(step.children)
        self._derived[step.detail.partition(" ")[2].lower()] = inner.rows
        is_repeated = step.detail.startswith("CORRELATED ")
        return inner.visited * (rows if is_repeated else 1.0)

    def _alternatives(self, step: PlanStep, bound: set[str]) -> _Walk:
        loops = [inner.loop for each in step.children for inner in each.children if inner.loop]
        walks = [self._loop(each, bound) for each in loops]
        bound.update(each.name.lower() for each in loops)
        return _Walk(
            visited=sum(each.visited for each in walks), rows=sum(each.rows for each in walks)
        )

    def _loop(self, loop: Loop, bound: set[str]) -> _Walk:
        access = self._find(loop)
        table = self._catalog.find(access.table) if access is not None else None
        if access is None or table is None:
            rows = self._derived.get(loop.name.lower(), 1.0)
            return _Walk(visited=rows * ROW, rows=rows)
        index = self._indexes.get(loop.index or "")
        return _Looked(loop, access, table, self._knowledge, index).walk(bound)

    def _find(self, loop: Loop) -> TableAccess | None:
        """Return the appearance a loop walks; of several with that name the one it fits."""
        name = loop.name.lower()
        named = [
            each
            for each in self._access.tables
            if name in (each.alias.lower(), each.table.lower().rpartition(".")[2])
        ]
        wanted = {each.lower() for each in loop.equal_keys}
        fitting = [each for each in named if wanted <= _compared(each)]
        return next(iter((*fitting, *named)), None)

    def _stopped_early(self, steps: Sequence[PlanStep], rows: float) -> float:
        """Return which share of the plan a LIMIT lets run."""
        loops = [each.loop for each in steps if each.loop is not None]
        accesses = [self._find(each) for each in loops]
        if not accesses or any(each is None or not each.has_limit for each in accesses):
            return 1.0
        if any(each.detail.startswith(_SORT) for each in steps):
            return 1.0
        first = accesses[0]
        limit = ASSUMED_LIMIT if first is None or first.limit is None else first.limit
        return min(1.0, max(limit, 1) / max(rows, 1.0))


class _Looked:
    """One loop over one table."""

    def __init__(
        self,
        loop: Loop,
        access: TableAccess,
        table: Table,
        knowledge: Knowledge,
        index: IndexDefinition | None,
    ) -> None:
        self._loop = loop
        self._access = access
        self._table = table
        self._knowledge = knowledge
        self._index = index
        self._rows = knowledge.rows(table.name)

    def walk(self, bound: set[str]) -> _Walk:
        """Return the rows that one run of the loop visits and lets through."""
        equal, ranged, kept = self._used()
        matched = self._matched(equal, ranged) * kept
        used = {*equal, *ranged}
        name, knowledge = self._table.name, self._knowledge
        through = remaining_share(self._access, name, used, knowledge) * joined_share(
            self._access, name, used, bound, knowledge
        )
        # An automatic index is built by every execution: the table is read and sorted.
        once = self._rows * (ROW + SORTED) if self._loop.is_automatic else 0.0
        return _Walk(visited=self._visited(matched), rows=matched * through, once=once)

    def _used(self) -> tuple[tuple[str, ...], tuple[str, ...], float]:
        """Return the keys searched by value, those by range, and the share the index holds."""
        loop, kept = self._loop, 1.0
        if self._index is None:
            keys = primary_key(self._table) if loop.is_primary else loop.equal_keys
        else:
            keys = tuple(each.text for each in self._index.keys)
            kept = self._predicate_share()
        end = loop.skipped + loop.equal
        return keys[loop.skipped : end], keys[end : end + 1] if loop.is_ranged else (), kept

    def _predicate_share(self) -> float:
        predicate = self._index.predicate if self._index is not None else None
        same = [each for each in self._access.conditions if each.sql == predicate]
        # Other rows than these satisfy the condition neither, so it is not counted again.
        return 1.0 if not same else share_of(self._table.name, same[0], self._knowledge)

    def _matched(self, equal: tuple[str, ...], ranged: tuple[str, ...]) -> float:
        if not self._loop.is_search:
            return self._rows
        if self._loop.is_primary and self._loop.equal_keys == ("rowid",) and not equal:
            return 1.0
        if not equal and not ranged:
            # The first or last entry for min() or max(); without an index the whole table.
            return 1.0 if self._loop.index else self._rows
        name, knowledge = self._table.name, self._knowledge
        share = matched_share(name, equal, self._conditions(equal), knowledge)
        for each in self._access.conditions:
            if is_range(each) and key_of(each) in ranged:
                share *= share_of(name, each, knowledge)
        return max(self._rows * share, min(1.0, self._rows))

    def _descents(self) -> float:
        """Return in how many places of the index one run of the loop begins."""
        if self._index is None or not self._loop.skipped:
            return 1.0
        keys = tuple(each.text for each in self._index.keys[: self._loop.skipped])
        return self._knowledge.distinct(self._table.name, keys) or self._rows

    def _conditions(self, keys: tuple[str, ...]) -> tuple[Condition, ...]:
        return tuple(
            each for each in self._access.conditions if is_equality(each) and key_of(each) in keys
        )

    def _visited(self, matched: float) -> float:
        loop = self._loop
        if loop.index is not None or loop.is_automatic:
            descent = DESCENT * self._descents() if loop.is_search else 0.0
            return descent + matched * (ENTRY if loop.is_covering else ENTRY + FETCH)
        return matched * ROW + (DESCENT if loop.is_search and loop.is_primary else 0.0)


def _compared(access: TableAccess) -> set[str]:
    """Return what an index on the appearance's table could be searched by."""
    conditions = {key_of(each).lower() for each in access.conditions}
    return conditions | {each.column.lower() for each in access.joins} | {"rowid", "<expr>"}
