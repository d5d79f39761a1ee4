"""Turn a workload into advice for a database whose planner tells no cost."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aegis_cli.indexing.heuristic.candidates import Abilities, candidates_of, serves_order
from aegis_cli.indexing.heuristic.costs import WorkloadCosts
from aegis_cli.indexing.heuristic.knowledge import Catalog, Knowledge
from aegis_cli.indexing.heuristic.outcome import Outcome, Setting
from aegis_cli.indexing.heuristic.search import Candidate, GreedySearch
from aegis_cli.indexing.heuristic.sizes import size_of
from aegis_cli.indexing.heuristic.writes import write_cost, write_loads
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.names import index_name
from aegis_cli.indexing.planner import IndexNotSupported, WhatIfPlanner
from aegis_cli.model.facts.accesses import TableAccess
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.index_advice import Advice, Dialect, Rejected
from aegis_cli.model.facts.index_workload import IndexWorkload, WorkloadStatement
from aegis_cli.model.facts.indexes import HypotheticalIndex, IndexDefinition, IndexSize
from aegis_cli.model.text import Text

SMALLEST_TABLE_ROWS = 500
"""Reading a smaller table whole takes a few pages; an index would save nothing one notices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What advice is asked for, and about which database."""

    workload: IndexWorkload
    catalog: Catalog
    knowledge: Knowledge
    planner: WhatIfPlanner
    limits: Limits
    abilities: Abilities
    dialect: Dialect
    server: str
    is_complete: bool = False
    """Whether the workload holds every statement that ran, as a server's own summary does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The advice, and statements that could not be planned with the reason."""

    advice: Advice
    unplanned: tuple[tuple[WorkloadStatement, str], ...]


def advise(question: Question, clock: Callable[[], float]) -> Answer:
    """Return which indexes to create and to drop, and what that does to each statement."""
    started = clock()
    refused: list[Rejected] = []
    candidates = _candidates(question, refused)
    readers = _readers(question, candidates)
    costs = WorkloadCosts(question.planner, readers)
    statements, unplanned = costs.plannable(question.workload.statements)
    search = GreedySearch(costs, statements, question.limits, clock)
    choice = search.choose(candidates)
    setting = Setting(
        catalog=question.catalog,
        knowledge=question.knowledge,
        planner=question.planner,
        limits=question.limits,
        dialect=question.dialect,
        server=question.server,
        loads=write_loads(question.workload, question.catalog),
        is_complete=question.is_complete,
    )
    outcome = Outcome(setting, costs, statements, choice)
    advice = outcome.advice(len(candidates), clock() - started, tuple(refused))
    return Answer(advice=advice, unplanned=unplanned)


def _candidates(question: Question, refused: list[Rejected]) -> tuple[Candidate, ...]:
    """Make the candidates known to the planner, those that it takes."""
    loads = write_loads(question.workload, question.catalog)
    taken = {index.name for table in question.catalog.tables for index in table.indexes}
    found = []
    for definition in _definitions(question):
        table = question.catalog.find(str(definition.table))
        if table is None or question.knowledge.rows(table.name) < SMALLEST_TABLE_ROWS:
            continue
        name = index_name(definition, taken)
        index = HypotheticalIndex(
            name=name, definition=definition, size=_size(definition, table, question)
        )
        try:
            question.planner.add(index)
        except IndexNotSupported as error:
            refused.append(Rejected(definition=definition, reason=Text.same(error.reason)))
            continue
        taken.add(name)
        found.append(
            Candidate(
                index=index,
                write_cost=write_cost(definition, loads),
                orders=_orders(definition, question),
            )
        )
    return tuple(found)


def _orders(definition: IndexDefinition, question: Question) -> int:
    """Count the statements whose order an index gives."""
    return sum(
        any(
            serves_order(definition, access)
            for access in each.access.tables
            if _is_of(access, definition, question.catalog)
        )
        for each in question.workload.statements
    )


def _is_of(access: TableAccess, definition: IndexDefinition, catalog: Catalog) -> bool:
    table = catalog.find(access.table)
    return table is not None and table.name == definition.table


def _definitions(question: Question) -> Sequence[IndexDefinition]:
    return candidates_of(
        (each.access for each in question.workload.statements),
        question.catalog,
        question.knowledge,
        question.limits,
        question.abilities,
    )


def _size(definition: IndexDefinition, table: Table, question: Question) -> IndexSize:
    rows = question.knowledge.rows(table.name)
    kept = (
        rows
        if definition.predicate is None
        else question.planner.rows(table.name, definition.predicate)
    )
    return size_of(definition, table, question.knowledge, kept / rows if rows else 1.0)


def _readers(question: Question, candidates: Iterable[Candidate]) -> dict[str, frozenset[str]]:
    """Return for each index which statements read its table."""
    by_table: dict[str, set[str]] = {}
    for statement in question.workload.statements:
        for access in statement.access.tables:
            table = question.catalog.find(access.table)
            if table is not None:
                by_table.setdefault(str(table.name), set()).add(statement.fingerprint)
    frozen = {name: frozenset(each) for name, each in by_table.items()}
    empty = frozenset[str]()
    found = {each.name: frozen.get(str(each.index.definition.table), empty) for each in candidates}
    for table in question.catalog.tables:
        for index in table.indexes:
            full_name = f"{table.name.schema}.{index.name}"
            found[full_name] = frozen.get(str(table.name), empty)
    return found
