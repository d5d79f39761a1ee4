"""From the chosen set of indexes to advice: what each is worth and what it changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aegis_cli.indexing.candidates.existing import covers
from aegis_cli.indexing.cost_cache import Query
from aegis_cli.indexing.droppable import covering_indexes, drop_reason, is_reordered
from aegis_cli.indexing.names import index_name
from aegis_cli.indexing.options import Option
from aegis_cli.indexing.planner import Configuration
from aegis_cli.indexing.search.problem import Problem
from aegis_cli.indexing.search.trimming import marginal_loss
from aegis_cli.indexing.study import Study
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.index_advice import (
    AdviceKind,
    DropAdvice,
    DropReason,
    IndexAdvice,
    StatementOutcome,
)
from aegis_cli.model.facts.index_workload import ConstantsOrigin, WorkloadStatement
from aegis_cli.model.facts.indexes import HypotheticalIndex, TableName
from aegis_cli.model.quantity import Basis

MOST_PLANS = 50
"""Statements of which plans are kept, the greatest change first."""
_SECONDS_PER_DAY = 86_400.0
_SHORTEST_WINDOW_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The outcome of a search, over all statements, with the names that will be proposed."""

    study: Study
    problem: Problem
    mask: int
    names: Mapping[str, str]
    """Final names of the new indexes, by the ones the planner knew them by."""

    @property
    def created(self) -> tuple[Option, ...]:
        """Return the indexes to create."""
        return tuple(self.problem.options.of(self.mask & ~self.problem.start))

    @property
    def dropped(self) -> tuple[Option, ...]:
        """Return the indexes to drop."""
        return tuple(self.problem.options.of(self.problem.start & ~self.mask))

    @property
    def configuration(self) -> Configuration:
        """Return what the planner is to see, by final names."""
        return Configuration(
            visible=frozenset(self.names[each.name] for each in self.created),
            hidden=frozenset(each.name for each in self.dropped),
        )


def final_names(study: Study, mask: int) -> dict[str, str]:
    """Name the chosen indexes as if there had been no other candidates."""
    taken = {each.name.name for each in study.snapshot.tables}
    taken |= {index.name for each in study.snapshot.tables for index in each.indexes}
    found: dict[str, str] = {}
    for each in study.options.of(mask & ~study.options.existing):
        found[each.name] = index_name(each.definition, taken)
        taken.add(found[each.name])
    return found


def rename(chosen: Chosen) -> None:
    """Let the planner know the chosen indexes, and only these, by their final names."""
    planner = chosen.study.planner
    kept = {each.name for each in chosen.created if chosen.names[each.name] == each.name}
    visible = chosen.study.options.on(chosen.study.book.tables())
    for each in chosen.study.options.of(visible & ~chosen.problem.start):
        if each.name not in kept:
            planner.remove(each.name)
    for each in chosen.created:
        if each.name not in kept:
            name = chosen.names[each.name]
            planner.add(HypotheticalIndex(name=name, definition=each.definition, size=each.size))


def statement_outcomes(chosen: Chosen) -> tuple[StatementOutcome, ...]:
    """Return what the advice does to each statement, in the order of the workload."""
    groups: dict[int, list[Query]] = {}
    for each in chosen.problem.queries:
        groups.setdefault(each.statement, []).append(each)
    return tuple(
        _outcome(chosen, chosen.study.workload.statements[position], queries)
        for position, queries in groups.items()
    )


def with_plans(
    chosen: Chosen, outcomes: Sequence[StatementOutcome]
) -> tuple[StatementOutcome, ...]:
    """Add the plans, before and after, of the statements that change the most."""
    changed = sorted(
        (each for each in outcomes if each.indexes_before != each.indexes_after),
        key=lambda each: -abs(each.cost_saved),
    )
    texts = {each.fingerprint: each.texts for each in chosen.study.workload.statements}
    plans: dict[str, tuple[str, str]] = {}
    planner = chosen.study.planner
    for each in changed[:MOST_PLANS]:
        text = max(texts[each.fingerprint], key=lambda variant: variant.share).text
        plans[each.fingerprint] = (
            planner.explain(text, Configuration()),
            planner.explain(text, chosen.configuration),
        )
    return tuple(
        replace(each, plan_before=plan[0], plan_after=plan[1])
        if (plan := plans.get(each.fingerprint))
        else each
        for each in outcomes
    )


def marginal_losses(chosen: Chosen) -> dict[str, float]:
    """Return what the workload would lose without each new index, by its working name."""
    return {each.name: marginal_loss(chosen.problem, chosen.mask, each) for each in chosen.created}


def index_advice(
    chosen: Chosen,
    outcomes: Sequence[StatementOutcome],
    drops: Sequence[DropAdvice],
    losses: Mapping[str, float],
) -> tuple[IndexAdvice, ...]:
    """Return the indexes to create, the most valuable first."""
    ordered = sorted(chosen.created, key=lambda each: (-losses[each.name], each.name))
    return tuple(_advice(chosen, each, losses[each.name], outcomes, drops) for each in ordered)


def drop_advice(chosen: Chosen) -> tuple[DropAdvice, ...]:
    """Return the indexes to drop, the largest first."""
    ordered = sorted(chosen.dropped, key=lambda each: (-each.size.pages, each.name))
    return tuple(_drop(chosen, each) for each in ordered)


def _outcome(
    chosen: Chosen, statement: WorkloadStatement, queries: Sequence[Query]
) -> StatementOutcome:
    cache = chosen.problem.cache
    before = [cache.observe(each, chosen.problem.start) for each in queries]
    after = [cache.observe(each, chosen.mask) for each in queries]
    shares = [each.share for each in statement.texts]
    return StatementOutcome(
        fingerprint=statement.fingerprint,
        normalized=statement.normalized,
        calls=statement.calls,
        constants=_origin(statement),
        cost_before=sum(s * each.cost for s, each in zip(shares, before, strict=True)),
        cost_after=sum(s * each.cost for s, each in zip(shares, after, strict=True)),
        indexes_before=_names(chosen, (name for each in before for name in each.names)),
        indexes_after=_names(chosen, (name for each in after for name in each.names)),
        total_ms=statement.total_ms,
    )


def _origin(statement: WorkloadStatement) -> ConstantsOrigin:
    """Return the weakest origin among the texts: known only when all constants are."""
    found = {each.constants for each in statement.texts}
    for each in (ConstantsOrigin.GENERIC, ConstantsOrigin.SAMPLED):
        if each in found:
            return each
    return ConstantsOrigin.KNOWN


def _names(chosen: Chosen, names: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted({chosen.names.get(each, each) for each in names}))


def _advice(
    chosen: Chosen,
    option: Option,
    loss: float,
    outcomes: Sequence[StatementOutcome],
    drops: Sequence[DropAdvice],
) -> IndexAdvice:
    name = chosen.names[option.name]
    helped = tuple(
        sorted(
            (each for each in outcomes if name in each.indexes_after and each.cost_saved > 0),
            key=lambda each: -each.cost_saved,
        )
    )
    replaced = tuple(each.index.name for each in drops if each.covered_by == name)
    facts = chosen.study.book.facts(option.definition.table)
    return IndexAdvice(
        name=name,
        definition=option.definition,
        kind=_kind(option, replaced, facts.table),
        size_bytes=option.size.size_bytes,
        rows=option.size.rows,
        helped=helped,
        cost_saved=sum(each.cost_saved for each in helped),
        marginal_loss=loss,
        workload_cost=chosen.problem.workload_cost,
        write_cost=option.write_cost,
        write_cost_per_day=_per_day(option.write_cost, chosen.study.workload.window_s),
        writes_known=_knows_writes(chosen.study, option.definition.table),
        basis=chosen.study.planner.basis,
        size_basis=Basis.MEASURED if option.size.is_sampled else Basis.HEURISTIC,
        replaces=replaced,
        table_rows=facts.rows,
        table_bytes=facts.table.size_bytes,
        notes=option.notes,
    )


def _per_day(cost: float, window_s: float | None) -> float | None:
    """Scale a cost to a day; None where the window is too short to tell anything of a day."""
    if window_s is None or window_s < _SHORTEST_WINDOW_S:
        return None
    return cost * _SECONDS_PER_DAY / window_s


def _knows_writes(study: Study, table: TableName) -> bool:
    return any(study.book.find(each.table) == table for each in study.workload.writes)


def _kind(option: Option, replaced: Sequence[str], table: Table) -> AdviceKind:
    if option.definition.predicate is not None:
        return AdviceKind.PARTIAL
    reordered = any(
        each.name in replaced and is_reordered(option.definition, each.definition)
        for each in table.indexes
    )
    return AdviceKind.MISORDERED if reordered else AdviceKind.MISSING


def _drop(chosen: Chosen, option: Option) -> DropAdvice:
    index = option.existing
    assert index is not None
    table = chosen.study.book.facts(option.definition.table).table
    reason, coverer = _reason(chosen, index, table)
    kept = chosen.mask | option.mask
    return DropAdvice(
        index=index,
        table=table.name,
        reason=reason,
        covered_by=coverer,
        cost_change=chosen.problem.query_cost(chosen.mask) - chosen.problem.query_cost(kept),
        write_cost_saved=option.write_cost,
        writes_known=_knows_writes(chosen.study, table.name),
        basis=chosen.study.planner.basis,
    )


def _reason(chosen: Chosen, index: ExistingIndex, table: Table) -> tuple[DropReason, str | None]:
    """Say why an index goes: another one that stays, a new one, or nobody reads it."""
    gone = {each.name for each in chosen.dropped}
    for other in covering_indexes(index, table):
        if f"{table.name.schema}.{other.name}" not in gone:
            return drop_reason(index, other.definition), other.name
    for each in sorted(
        chosen.created, key=lambda each: not covers(each.definition, index.definition)
    ):
        if covers(each.definition, index.definition) or is_reordered(
            each.definition, index.definition
        ):
            return DropReason.REPLACED, chosen.names[each.name]
    return DropReason.UNUSED, None
