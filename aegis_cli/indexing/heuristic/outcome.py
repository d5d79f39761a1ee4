"""Put what a search chose into the words of an advice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.indexing.heuristic.costs import WorkloadCosts
from aegis_cli.indexing.heuristic.knowledge import CLUSTERED, Catalog, Knowledge, key_texts
from aegis_cli.indexing.heuristic.redundant import covers, may_go, redundant_indexes
from aegis_cli.indexing.heuristic.search import Candidate, Choice
from aegis_cli.indexing.heuristic.writes import existing_write_cost, write_cost
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.planner import Configuration, WhatIfPlanner
from aegis_cli.indexing.spelling_other import create_statement_of, drop_statement_of
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.index_advice import (
    Advice,
    AdviceKind,
    Dialect,
    DropAdvice,
    DropReason,
    IndexAdvice,
    Rejected,
    SearchOutcome,
    StatementOutcome,
)
from aegis_cli.model.facts.index_workload import WorkloadStatement, WriteLoad
from aegis_cli.model.quantity import Basis

_MOST_REJECTED = 20
_WORSE = 1.1
_SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the outcome is about."""

    catalog: Catalog
    knowledge: Knowledge
    planner: WhatIfPlanner
    limits: Limits
    dialect: Dialect
    server: str
    loads: tuple[WriteLoad, ...]
    is_complete: bool
    """Whether the workload holds all that writes, so that tables without a load have no writes."""


class Outcome:
    """Derives the facts of an advice from the chosen candidates."""

    def __init__(
        self,
        setting: Setting,
        costs: WorkloadCosts,
        statements: Sequence[WorkloadStatement],
        choice: Choice,
    ) -> None:
        """Take over what the search knows."""
        self._setting = setting
        self._costs = costs
        self._statements = tuple(statements)
        self._choice = choice
        self._after = Configuration(visible=frozenset(each.name for each in choice.chosen))

    def advice(self, candidates: int, elapsed_s: float, refused: tuple[Rejected, ...]) -> Advice:
        """Return the whole advice."""
        outcomes = tuple(self._statement(each) for each in self._statements)
        before = self._costs.total(self._statements, Configuration())
        drops = tuple(self._drops())
        creates = tuple(self._create(each, outcomes, before) for each in self._choice.chosen)
        return Advice(
            creates=tuple(sorted(creates, key=lambda each: -each.cost_saved)),
            drops=drops,
            statements=outcomes,
            search=self._search(candidates, elapsed_s, before, drops),
            rejected=(*self._rejected(), *refused)[:_MOST_REJECTED],
            dialect=self._setting.dialect,
        )

    def _statement(self, statement: WorkloadStatement) -> StatementOutcome:
        old, used = self._costs.cost(statement, Configuration())
        new, now_used = self._costs.cost(statement, self._after)
        text = statement.texts[0]
        planner = self._setting.planner
        return StatementOutcome(
            fingerprint=statement.fingerprint,
            normalized=statement.normalized,
            calls=statement.calls,
            constants=text.constants,
            cost_before=old,
            cost_after=new,
            indexes_before=tuple(sorted(used)),
            indexes_after=tuple(sorted(now_used)),
            plan_before=planner.explain(text.text, Configuration()),
            plan_after=planner.explain(text.text, self._after),
            total_ms=statement.total_ms,
        )

    def _create(
        self, candidate: Candidate, outcomes: Sequence[StatementOutcome], before: float
    ) -> IndexAdvice:
        definition = candidate.index.definition
        table = self._table(candidate)
        helped = [each for each in outcomes if candidate.name in each.indexes_after]
        replaced = [index for index, by in self._replaced() if by is candidate]
        others = Configuration(visible=self._after.visible - {candidate.name})
        left_out = self._costs.total(self._statements, others)
        return IndexAdvice(
            name=candidate.name,
            definition=definition,
            kind=self._kind(candidate, table),
            size_bytes=candidate.index.size.size_bytes,
            rows=candidate.index.size.rows,
            helped=tuple(sorted(helped, key=lambda each: -each.cost_saved)),
            cost_saved=sum(each.cost_saved for each in helped),
            marginal_loss=left_out - self._costs.total(self._statements, self._after),
            workload_cost=before,
            write_cost=candidate.write_cost,
            writes_known=self._knows_writes(table),
            basis=Basis.HEURISTIC,
            replaces=tuple(each.name for each in replaced),
            table_rows=self._setting.knowledge.rows(table.name),
            table_bytes=table.size_bytes,
            notes=tuple(_regressions(helped)),
            server=self._setting.server,
            dialect=self._setting.dialect,
            ddl=create_statement_of(
                self._setting.dialect,
                candidate.name,
                definition,
                table,
                is_online=CLUSTERED in table.options,
            ),
        )

    def _kind(self, candidate: Candidate, table: Table) -> AdviceKind:
        definition = candidate.index.definition
        if definition.predicate is not None:
            return AdviceKind.PARTIAL
        keys = set(key_texts(definition))
        is_misordered = len(keys) > 1 and any(
            set(key_texts(each.definition)) == keys and may_go(each) for each in table.indexes
        )
        return AdviceKind.MISORDERED if is_misordered else AdviceKind.MISSING

    def _table(self, candidate: Candidate) -> Table:
        table = self._setting.catalog.find(str(candidate.index.definition.table))
        if table is None:  # candidates are made from the catalog's tables
            raise LookupError(candidate.name)
        return table

    def _replaced(self) -> Iterator[tuple[ExistingIndex, Candidate]]:
        """Yield indexes whose work a proposed one does."""
        seen: set[str] = set()
        for candidate in self._choice.chosen:
            table = self._table(candidate)
            for index in table.indexes:
                wider = candidate.index.definition
                is_covered = may_go(index) and covers(wider, index.definition, table)
                if is_covered and index.name not in seen:
                    seen.add(index.name)
                    yield index, candidate

    def _drops(self) -> Iterator[DropAdvice]:
        if not self._setting.limits.allow_drops:
            return
        replaced = {index.name: (index, by) for index, by in self._replaced()}
        for table in self._setting.catalog.tables:
            if not self._setting.limits.permits(table.name):
                continue
            for each in redundant_indexes(table):
                replaced.pop(each.index.name, None)
                yield self._drop(each.index, table, each.reason, each.covered_by)
        for index, candidate in replaced.values():
            table = self._table(candidate)
            yield self._drop(index, table, DropReason.REPLACED, candidate.name)

    def _drop(
        self, index: ExistingIndex, table: Table, reason: DropReason, covered_by: str
    ) -> DropAdvice:
        hidden = Configuration(
            visible=self._after.visible,
            hidden=frozenset((f"{table.name.schema}.{index.name}",)),
        )
        kept = self._costs.total(self._statements, self._after)
        return DropAdvice(
            index=index,
            table=table.name,
            reason=reason,
            covered_by=covered_by,
            cost_change=self._costs.total(self._statements, hidden) - kept,
            write_cost_saved=write_cost(index.definition, self._setting.loads),
            writes_known=self._knows_writes(table),
            basis=Basis.HEURISTIC,
            server=self._setting.server,
            dialect=self._setting.dialect,
            ddl=drop_statement_of(
                self._setting.dialect,
                index.name,
                table.name,
                is_online=CLUSTERED in table.options,
            ),
        )

    def _knows_writes(self, table: Table) -> bool:
        setting = self._setting
        return setting.is_complete or any(each.table == str(table.name) for each in setting.loads)

    def _rejected(self) -> Iterator[Rejected]:
        for candidate, reason in self._choice.reasons:
            yield Rejected(definition=candidate.index.definition, reason=reason)

    def _search(
        self, candidates: int, elapsed_s: float, before: float, drops: Sequence[DropAdvice]
    ) -> SearchOutcome:
        setting, chosen = self._setting, self._choice.chosen
        written = sum(existing_write_cost(table, setting.loads) for table in setting.catalog.tables)
        added = sum(each.write_cost for each in chosen)
        return SearchOutcome(
            cost_before=before,
            cost_after=self._costs.total(self._statements, self._after),
            write_cost_before=written,
            write_cost_after=written + added - sum(each.write_cost_saved for each in drops),
            lower_bound=self._choice.lower_bound,
            candidates=candidates,
            candidates_useful=self._choice.useful,
            explains=setting.planner.explains,
            cache_hits=self._costs.hits,
            elapsed_s=elapsed_s,
            is_time_limited=self._choice.is_time_limited,
            basis=Basis.HEURISTIC,
            size_bytes=sum(each.index.size.size_bytes for each in chosen),
            budget_bytes=setting.limits.budget_bytes,
        )


def _regressions(helped: Sequence[StatementOutcome]) -> Iterator[str]:
    """Say which statements would use an index to their disadvantage."""
    for each in helped:
        if each.cost_after > each.cost_before * _WORSE:
            yield (
                f"one statement visits {each.cost_after:,.0f} rows with it instead of "
                f"{each.cost_before:,.0f}: {each.normalized[:_SHOWN_CHARACTERS]}"
            )
