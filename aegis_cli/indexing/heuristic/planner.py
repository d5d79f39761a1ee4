"""Estimate plans from catalog numbers alone, where no planner can be asked what if."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aegis_cli.indexing.heuristic.knowledge import CLUSTERED, Catalog, Knowledge
from aegis_cli.indexing.heuristic.paths import Lookup, Path, UsableIndex
from aegis_cli.indexing.heuristic.weights import SORTED
from aegis_cli.indexing.planner import (
    Configuration,
    IndexNotSupported,
    PlanEstimate,
    StatementNotPlanned,
)
from aegis_cli.model.facts.accesses import StatementAccess, TableAccess
from aegis_cli.model.facts.catalog import ConstraintKind, Table
from aegis_cli.model.facts.indexes import HypotheticalIndex, IndexMethod, TableName
from aegis_cli.model.quantity import Basis

ASSUMED_LIMIT = 20
"""Rows of a page, where the statement's LIMIT is a bind value."""
_MOST_STARTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    lookup: Lookup
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """One order of joins and what it visits."""

    steps: tuple[_Step, ...]
    visited: float


class HeuristicPlanner:
    """Plans as a nested-loop optimizer would, by rows visited.

    It joins greedily: from each of the first few tables, always the cheapest one next.
    Subqueries count as joins where they are correlated, and as plans of their own elsewhere.
    """

    def __init__(
        self, catalog: Catalog, knowledge: Knowledge, accesses: Mapping[str, StatementAccess]
    ) -> None:
        """Prepare.

        Args:
            catalog: Tables with the indexes they have.
            knowledge: Rows and values.
            accesses: What each statement that will be asked about does, by its text.
        """
        self._catalog = catalog
        self._knowledge = knowledge
        self._accesses = accesses
        self._hypothetical: dict[str, HypotheticalIndex] = {}
        self.explains = 0

    @property
    def basis(self) -> Basis:
        """Tell that all answers are rules of thumb."""
        return Basis.HEURISTIC

    def add(self, index: HypotheticalIndex) -> None:
        """Make a hypothetical index known, invisible at first.

        Raises:
            IndexNotSupported: It is no ordinary index.
        """
        definition = index.definition
        if definition.method is not IndexMethod.BTREE or definition.predicate or definition.include:
            raise IndexNotSupported(index.name, "only ordinary indexes are estimated")
        self._hypothetical[index.name] = index

    def remove(self, name: str) -> None:
        """Forget a hypothetical index."""
        self._hypothetical.pop(name, None)

    def estimate(self, statement: str, configuration: Configuration) -> PlanEstimate:
        """Return the rows a statement visits and the indexes that takes.

        Raises:
            StatementNotPlanned: It reads a table that is not there.
        """
        self.explains += 1
        plans = self._plans(statement, configuration)
        used = {
            self._full_name(step)
            for plan in plans
            for step in plan.steps
            if step.path.index is not None
        }
        return PlanEstimate(cost=sum(each.visited for each in plans), used=frozenset(used))

    def explain(self, statement: str, configuration: Configuration) -> str:
        """Return the plan as text; it holds no literal."""
        lines = [
            f"{step.lookup.access.table}: {step.path.text}"
            for plan in self._plans(statement, configuration)
            for step in plan.steps
        ]
        return "\n".join(lines)

    def rows(self, table: TableName, predicate: str | None) -> float:
        """Return how many rows a table has.

        Raises:
            StatementNotPlanned: A predicate, since these databases have no partial indexes.
        """
        if predicate is not None:
            raise StatementNotPlanned(str(table), "predicates are not estimated")
        return self._knowledge.rows(table)

    def _plans(self, statement: str, configuration: Configuration) -> tuple[_Plan, ...]:
        access = self._accesses.get(statement, StatementAccess())
        lookups = [self._lookup(each, configuration) for each in access.tables]
        return tuple(_best_plan(each) for each in _components(lookups))

    def _lookup(self, access: TableAccess, configuration: Configuration) -> Lookup:
        table = self._catalog.find(access.table)
        if table is None:
            raise StatementNotPlanned(access.table, f"no such table: {access.table}")
        indexes = (*self._existing(table, configuration), *self._shown(table, configuration))
        return Lookup(access=access, table=table, knowledge=self._knowledge, indexes=tuple(indexes))

    @staticmethod
    def _existing(table: Table, configuration: Configuration) -> Iterator[UsableIndex]:
        primary = {
            each.index
            for each in table.constraints
            if each.kind is ConstraintKind.PRIMARY_KEY and CLUSTERED in table.options
        }
        for each in table.indexes:
            is_ordinary = each.definition.method is IndexMethod.BTREE and each.is_valid
            is_hidden = f"{table.name.schema}.{each.name}" in configuration.hidden
            if is_ordinary and not is_hidden:
                yield UsableIndex(
                    name=each.name,
                    keys=each.definition.keys,
                    is_clustered=each.name in primary,
                )

    def _shown(self, table: Table, configuration: Configuration) -> Iterator[UsableIndex]:
        for name in sorted(configuration.visible):
            index = self._hypothetical.get(name)
            if index is not None and index.definition.table == table.name:
                yield UsableIndex(name=name, keys=index.definition.keys)

    def _full_name(self, step: _Step) -> str:
        name = step.path.index.name if step.path.index else ""
        if name in self._hypothetical:
            return name
        return f"{step.lookup.table.name.schema}.{name}"


def _components(lookups: Iterable[Lookup]) -> list[list[Lookup]]:
    """Group the lookups that joins connect."""
    groups: list[list[Lookup]] = []
    for lookup in lookups:
        connected = [each for each in groups if any(_are_joined(lookup, one) for one in each)]
        groups = [each for each in groups if each not in connected]
        groups.append([*(one for each in connected for one in each), lookup])
    return groups


def _are_joined(one: Lookup, other: Lookup) -> bool:
    return _names(one.access, other) or _names(other.access, one)


def _names(access: TableAccess, other: Lookup) -> bool:
    return any(
        each.other_alias.lower() == other.access.alias.lower()
        and each.other_table.lower() == other.access.table.lower()
        for each in access.joins
    )


def _best_plan(lookups: list[Lookup]) -> _Plan:
    plans = [
        _joined(first, path, lookups)
        for first in lookups[:_MOST_STARTS]
        for path in first.all(frozenset())
    ]
    return min(plans, key=lambda each: each.visited)


def _joined(first: Lookup, path: Path, lookups: list[Lookup]) -> _Plan:
    """Join the cheapest next table until none is left."""
    steps = [_Step(lookup=first, path=path)]
    visited, rows = path.visited, path.rows
    rest = [each for each in lookups if each is not first]
    while rest:
        bound = {step.lookup.access.alias.lower() for step in steps}
        ways = [(each.best(bound), each) for each in rest]
        way, lookup = min(ways, key=lambda each: (each[0].visited, each[0].rows))
        rest.remove(lookup)
        steps.append(_Step(lookup=lookup, path=way))
        visited += rows * way.visited
        rows *= way.rows
    return _Plan(steps=tuple(steps), visited=_with_order(steps, visited, rows))


def _with_order(steps: list[_Step], visited: float, rows: float) -> float:
    """Add what sorting and grouping visit, or take off what a LIMIT spares."""
    first = steps[0]
    ordered = [each for each in steps if each.lookup.access.order_by]
    grouped = [each for each in steps if each.lookup.access.group_by]
    is_sorted = ordered == [first] and first.path.gives_order
    is_grouped = grouped == [first] and first.path.gives_groups
    if (ordered and not is_sorted) or (grouped and not is_grouped):
        return visited + rows * SORTED
    access = first.lookup.access
    if not access.has_limit or grouped:
        return visited
    limit = ASSUMED_LIMIT if access.limit is None else access.limit
    return visited * min(1.0, max(limit, 1) / max(rows, 1.0))
