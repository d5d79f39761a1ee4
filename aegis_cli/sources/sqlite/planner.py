"""Ask SQLite's own planner, on an empty copy of the schema, what indexes would change."""

import sqlite3
from collections.abc import Mapping

from aegis_cli.indexing.heuristic.knowledge import Catalog
from aegis_cli.indexing.heuristic.shares import EQUALITY_SHARE
from aegis_cli.indexing.planner import (
    Configuration,
    IndexNotSupported,
    PlanEstimate,
    StatementNotPlanned,
)
from aegis_cli.indexing.spelling_other import create_statement_of
from aegis_cli.model.facts.accesses import Condition, StatementAccess
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.model.facts.indexes import HypotheticalIndex, IndexDefinition, TableName
from aegis_cli.model.facts.shapes import Operand
from aegis_cli.model.quantity import Basis
from aegis_cli.sources.sqlite.catalog import SCHEMA, SqliteCatalog
from aegis_cli.sources.sqlite.copies import copy_schema, execute_with_stand_ins
from aegis_cli.sources.sqlite.knowledge import SqliteKnowledge
from aegis_cli.sources.sqlite.plan_cost import PlanCost
from aegis_cli.sources.sqlite.plan_tree import PlanStep, plan_steps, plan_text
from aegis_cli.sources.sqlite.statements import quoted, statement
from aegis_cli.sqltext.dialect_text import with_question_marks


class ClonePlanner:
    """Makes indexes for real where they cost nothing: in a copy without rows.

    SQLite tells which index a plan uses and how, but no cost; rows visited are our estimate.
    """

    def __init__(
        self,
        catalog: SqliteCatalog,
        knowledge: SqliteKnowledge,
        accesses: Mapping[str, StatementAccess],
    ) -> None:
        """Copy the schema and its statistics.

        Args:
            catalog: Of the file.
            knowledge: Rows and values, which stand in for statistics that are missing.
            accesses: What each statement that will be asked about does, by its text.
        """
        self._copy = copy_schema(catalog.entries, frozenset(("table", "index", "view")))
        self._connection = self._copy.connection
        self._catalog = Catalog(catalog.tables, SCHEMA)
        self._knowledge = knowledge
        self._accesses = accesses
        self._existing = {each.name: each for table in catalog.tables for each in table.indexes}
        self._hypothetical: dict[str, HypotheticalIndex] = {}
        self._shown = Configuration()
        self._plans: dict[tuple[str, Configuration], tuple[PlanStep, ...]] = {}
        self.explains = 0
        self._tell(catalog)

    @property
    def basis(self) -> Basis:
        """Tell that costs are our own estimate, though the plans are SQLite's."""
        return Basis.HEURISTIC

    @property
    def failed(self) -> tuple[tuple[str, str], ...]:
        """Return the objects that the copy lacks, and why."""
        return self._copy.failed

    def close(self) -> None:
        """Forget the copy."""
        self._connection.close()

    def add(self, index: HypotheticalIndex) -> None:
        """Make a hypothetical index known, invisible at first.

        Raises:
            IndexNotSupported: SQLite refuses such an index.
        """
        self._hypothetical[index.name] = index
        try:
            self._create(index.name)
        except sqlite3.Error as error:
            del self._hypothetical[index.name]
            raise IndexNotSupported(index.name, str(error)) from error
        self._drop(index.name)

    def remove(self, name: str) -> None:
        """Forget a hypothetical index."""
        self._show(Configuration())
        self._hypothetical.pop(name, None)

    def estimate(self, statement: str, configuration: Configuration) -> PlanEstimate:
        """Return the rows a statement visits and the indexes its plan reads.

        Raises:
            StatementNotPlanned: SQLite does not understand it.
        """
        steps = self._steps(statement, configuration)
        indexes = {name: each.definition for name, each in self._existing.items()}
        indexes |= {name: each.definition for name, each in self._hypothetical.items()}
        access = self._accesses.get(statement, StatementAccess())
        cost = PlanCost(access, self._catalog, self._knowledge, indexes).of(steps)
        return PlanEstimate(cost=cost, used=frozenset(self._used(steps)))

    def explain(self, statement: str, configuration: Configuration) -> str:
        """Return the plan as SQLite prints it, which shows no literal."""
        return plan_text(self._steps(statement, configuration))

    def rows(self, table: TableName, predicate: str | None) -> float:
        """Return how many rows satisfy a predicate, by the sample."""
        rows = self._knowledge.rows(table)
        if predicate is None:
            return rows
        condition = Condition(
            column=None,
            expression=predicate,
            operator="",
            operand=Operand.VALUE,
            constant=predicate,
            sql=predicate,
        )
        share = self._knowledge.share(table, condition)
        return rows * (EQUALITY_SHARE if share is None else share)

    def _steps(self, text: str, configuration: Configuration) -> tuple[PlanStep, ...]:
        known = self._plans.get((text, configuration))
        if known is not None:
            return known
        self._show(configuration)
        self.explains += 1
        asked = statement("plan") + "\n" + with_question_marks(text, Dialect.SQLITE)
        values = (None,) * self._accesses.get(text, StatementAccess()).highest_parameter
        try:
            rows = self._connection.execute(asked, values).fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise StatementNotPlanned("", str(error)) from error
        steps = plan_steps(rows)
        self._plans[text, configuration] = steps
        return steps

    def _used(self, steps: tuple[PlanStep, ...]) -> set[str]:
        found: set[str] = set()
        for step in steps:
            name = step.loop.index if step.loop is not None else None
            if name is not None:
                found.add(name if name in self._hypothetical else f"{SCHEMA}.{name}")
            found |= self._used(step.children)
        return found

    def _show(self, wanted: Configuration) -> None:
        """Create and drop indexes until the copy is as asked."""
        if wanted == self._shown:
            return
        hidden, shown = (
            {each.removeprefix(f"{SCHEMA}.") for each in configuration.hidden}
            for configuration in (wanted, self._shown)
        )
        for name in (*(self._shown.visible - wanted.visible), *(hidden - shown)):
            self._drop(name)
        for name in (*(wanted.visible - self._shown.visible), *(shown - hidden)):
            self._create(name)
        self._connection.execute(statement("reload_statistics"))
        self._shown = wanted

    def _create(self, name: str) -> None:
        proposed, existing = self._hypothetical.get(name), self._existing.get(name)
        if proposed is not None:
            ddl = create_statement_of(Dialect.SQLITE, name, proposed.definition)
            execute_with_stand_ins(self._connection, ddl)
            self._tell_index(proposed.definition, name)
        elif existing is not None and existing.ddl:
            self._connection.execute(existing.ddl)
            self._tell_index(existing.definition, name)

    def _drop(self, name: str) -> None:
        self._connection.execute(statement("drop_index", index=quoted(name)))
        proposed, existing = self._hypothetical.get(name), self._existing.get(name)
        index = proposed or existing
        if index is not None:
            table = index.definition.table.name
            self._connection.execute(statement("remove_statistics"), (table, name))

    def _tell(self, catalog: SqliteCatalog) -> None:
        """Write statistics into the copy: the file's own, or estimates where it has none."""
        self._connection.execute("ANALYZE")
        known = {(each.table, each.index) for each in catalog.statistics}
        for each in catalog.statistics:
            values = (each.table, each.index, each.text)
            self._connection.execute(statement("add_statistic"), values)
        for table in self._asked_tables():
            if not any(name == table.name.name for name, _ in known):
                self._tell_table(table)
            for index in table.indexes:
                if (table.name.name, index.name) not in known:
                    self._tell_index(index.definition, index.name)
        self._connection.execute(statement("reload_statistics"))

    def _asked_tables(self) -> list[Table]:
        names = {each.table for access in self._accesses.values() for each in access.tables}
        found = (self._catalog.find(each) for each in sorted(names))
        return [each for each in found if each is not None]

    def _tell_table(self, table: Table) -> None:
        rows = max(1, round(self._knowledge.rows(table.name)))
        self._connection.execute(statement("add_statistic"), (table.name.name, None, str(rows)))

    def _tell_index(self, definition: IndexDefinition, name: str) -> None:
        """Write what ANALYZE would: entries, and their average number per value of the keys."""
        rows = max(1, round(self.rows(definition.table, definition.predicate)))
        numbers = [rows]
        for width in range(1, len(definition.keys) + 1):
            keys = tuple(each.text for each in definition.keys[:width])
            distinct = self._knowledge.distinct(definition.table, keys)
            each = rows * EQUALITY_SHARE if distinct is None else rows / max(distinct, 1.0)
            numbers.append(max(1, round(min(each, numbers[-1]))))
        values = (definition.table.name, name, " ".join(str(each) for each in numbers))
        self._connection.execute(statement("add_statistic"), values)
