"""Statements as the search sees them: texts that can be planned, with weights and tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aegis_cli.indexing.cost_cache import CostCache, Query
from aegis_cli.indexing.planner import StatementNotPlanned
from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.index_advice import Unplanned
from aegis_cli.model.facts.index_workload import IndexWorkload, WorkloadStatement
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.shapes import StatementKind

MAJOR_SHARE = 0.995
"""Share of the workload's cost whose statements indexes are chosen for; the rest, the cheapest,
is only looked at so that nothing gets worse."""
PLANNED_KINDS = frozenset(
    {
        StatementKind.SELECT,
        StatementKind.INSERT,
        StatementKind.UPDATE,
        StatementKind.DELETE,
        StatementKind.MERGE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """What can be planned, and what cannot."""

    planned: tuple[Query, ...]
    costs: dict[int, float]
    """Of one execution, as things are, by the query's number."""
    major: tuple[Query, ...]
    """Those that make up nearly all of the cost."""
    unplanned: tuple[Unplanned, ...]


def plan_queries(workload: IndexWorkload, book: TableBook, cache: CostCache, start: int) -> Queries:
    """Plan every text as things are, and leave out the statements that the planner refuses."""
    planned: list[Query] = []
    costs: dict[int, float] = {}
    unplanned: list[Unplanned] = []
    for position, statement in enumerate(workload.statements):
        if statement.kind not in PLANNED_KINDS:
            continue
        queries = queries_of(statement, position, book, len(planned))
        try:
            found = {each.number: cache.cost(each, start) for each in queries}
        except StatementNotPlanned as error:
            unplanned.append(
                Unplanned(
                    fingerprint=statement.fingerprint, calls=statement.calls, reason=str(error)
                )
            )
            continue
        planned += queries
        costs.update(found)
    return Queries(
        planned=tuple(planned),
        costs=costs,
        major=_major(planned, costs),
        unplanned=tuple(unplanned),
    )


def queries_of(
    statement: WorkloadStatement, position: int, book: TableBook, first: int
) -> list[Query]:
    """Return one query for each text of a statement, numbered from `first`."""
    tables = tables_of(statement, book)
    return [
        Query(
            number=first + number,
            text=each.text,
            weight=statement.calls * each.share,
            statement=position,
            tables=tables,
        )
        for number, each in enumerate(statement.texts)
    ]


def tables_of(statement: WorkloadStatement, book: TableBook) -> frozenset[TableName]:
    """Return the tables a statement reads; all of them where its text was not understood."""
    if statement.access.problem is not None:
        return frozenset(book.tables())
    found = (book.find(each.table) for each in statement.access.tables)
    return frozenset(each for each in found if each is not None)


def _major(queries: Sequence[Query], costs: dict[int, float]) -> tuple[Query, ...]:
    """Return the costliest queries that together make up nearly everything, in their order."""
    wanted = MAJOR_SHARE * sum(each.weight * costs[each.number] for each in queries)
    kept: set[int] = set()
    for each in _by_cost(queries, costs):
        if wanted <= 0:
            break
        kept.add(each.number)
        wanted -= each.weight * costs[each.number]
    return tuple(each for each in queries if each.number in kept)


def _by_cost(queries: Iterable[Query], costs: dict[int, float]) -> list[Query]:
    return sorted(queries, key=lambda each: (-each.weight * costs[each.number], each.number))
