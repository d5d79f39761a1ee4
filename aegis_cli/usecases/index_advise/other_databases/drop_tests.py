"""Ask MySQL's own planner what the plans become without an index, changing nothing there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.index_advice import Advice, DropReason
from aegis_cli.model.facts.index_workload import WorkloadStatement
from aegis_cli.model.report import Skipped
from aegis_cli.sources.mysql.connection import Server
from aegis_cli.sources.mysql.explain import ServerPlan, plan_of
from aegis_cli.sqltext.dialect_hints import hinted_indexes, without_index
from aegis_cli.sqltext.dialect_text import UnreadableStatement
from aegis_cli.usecases.index_advise.other_databases.lacks import untested_drop
from aegis_cli.usecases.index_advise.other_databases.server_plans import aliases_of

WORSE = 1.1
"""Rows read without the index / with it, from which on a plan counts as worse."""
MOST_PLANS = 200
"""Plans without an index that the server is asked for in one run."""


class DropVerdict(StrEnum):
    """What the server plans without an index."""

    UNREAD = "no explained plan reads it"
    REPLACED = "other indexes do as well"
    WORSE = "plans get worse"
    NAMED = "a statement names it in a hint"
    """Such a statement fails once the index is gone."""

    @property
    def is_needed(self) -> bool:
        """Tell whether the index must stay."""
        return self in {DropVerdict.WORSE, DropVerdict.NAMED}


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTest:
    """An index that might go, and the plans with it and without."""

    table: str
    index: str
    verdict: DropVerdict
    statements: int
    """Of which the plan reads it, or which name it."""
    worse: int = 0
    """Of these, the ones that read more rows without it, or must sort."""
    rows_with: float = 0.0
    """Rows that the server expects to read in one execution of each of these statements."""
    rows_without: float = 0.0


@dataclass(slots=True, kw_only=True)
class DropTester:
    """Forbids the planner one index after the other, in EXPLAIN alone."""

    server: Server
    statements: Mapping[str, WorkloadStatement]
    """By fingerprint."""
    plans: Mapping[str, ServerPlan]
    """The server's own, with all indexes, by fingerprint."""
    asked: int = 0
    """How many plans were made so far."""

    def test(
        self, candidates: Sequence[tuple[Table, ExistingIndex]]
    ) -> Iterator[DropTest | Skipped]:
        """Yield what the plans become without each index, or why that was not tried."""
        for table, index in candidates:
            try:
                yield self._test(table.name.name, index.name)
            except (SourceError, UnreadableStatement) as error:
                reason = error.reason if isinstance(error, SourceError) else str(error)
                yield untested_drop(f"{table.name.name}.{index.name}", reason)

    def _test(self, table: str, index: str) -> DropTest:
        named = sum(index.lower() in self._hinted(each, table) for each in self.statements)
        if named:
            return DropTest(table=table, index=index, verdict=DropVerdict.NAMED, statements=named)
        readers = [each for each in self.plans if self._reads(each, table, index)]
        if not readers:
            return DropTest(table=table, index=index, verdict=DropVerdict.UNREAD, statements=0)
        pairs = [(self.plans[each], self._planned(each, table, index)) for each in readers]
        worse = sum(_is_worse(without, plan) for plan, without in pairs)
        return DropTest(
            table=table,
            index=index,
            verdict=DropVerdict.WORSE if worse else DropVerdict.REPLACED,
            statements=len(readers),
            worse=worse,
            rows_with=sum(plan.rows for plan, _ in pairs),
            rows_without=sum(without.rows for _, without in pairs),
        )

    def _hinted(self, fingerprint: str, table: str) -> frozenset[str]:
        statement = self.statements[fingerprint]
        try:
            return (
                hinted_indexes(statement.texts[0].text) if aliases_of(statement, table) else _NONE
            )
        except UnreadableStatement:
            # What the parser does not know was not explained either, which is told already.
            return _NONE

    def _reads(self, fingerprint: str, table: str, index: str) -> bool:
        aliases = aliases_of(self.statements[fingerprint], table)
        return any(
            each.reads(index) and each.table.lower() in aliases
            for each in self.plans[fingerprint].tables
        )

    def _planned(self, fingerprint: str, table: str, index: str) -> ServerPlan:
        if self.asked >= MOST_PLANS:
            raise UnreadableStatement(f"{MOST_PLANS} plans without an index are asked for at most")
        self.asked += 1
        text = without_index(self.statements[fingerprint].texts[0].text, table, index)
        return plan_of(self.server.plan(text))


_NONE: frozenset[str] = frozenset()


def droppable(advice: Advice, tables: Sequence[Table]) -> Iterator[tuple[Table, ExistingIndex]]:
    """Yield the indexes that advice or counters say nobody needs, each once.

    One that a proposed index replaces cannot be tested before that is built, and one that does
    the work of another that goes is needed.
    """
    dropped = {(each.table, each.index.name): each.reason for each in advice.drops}
    for table in tables:
        covering = {each.covered_by for each in advice.drops if each.table == table.name}
        for index in table.indexes:
            is_free = index.constraint is None and index.is_valid and index.name not in covering
            reason = dropped.get((table.name, index.name))
            is_unused = reason is None and index.scans == 0 and is_free
            if is_unused or reason not in {None, DropReason.REPLACED}:
                yield table, index


def _is_worse(without: ServerPlan, plan: ServerPlan) -> bool:
    return without.rows > plan.rows * WORSE or without.sorts > plan.sorts
