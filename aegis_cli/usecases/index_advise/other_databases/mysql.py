"""Advise on the indexes of a MySQL or MariaDB database, from its catalog and counters."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.indexing.heuristic.advise import Question, advise
from aegis_cli.indexing.heuristic.candidates import Abilities
from aegis_cli.indexing.heuristic.knowledge import Catalog
from aegis_cli.indexing.heuristic.numbers import CatalogKnowledge
from aegis_cli.indexing.heuristic.planner import HeuristicPlanner
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.index_advice import Advice, Dialect
from aegis_cli.model.facts.index_workload import IndexWorkload, WorkloadStatement
from aegis_cli.model.report import Skipped
from aegis_cli.sources.mysql.catalog import MysqlCatalog, read_catalog
from aegis_cli.sources.mysql.connection import Server, open_server
from aegis_cli.sources.mysql.measures import Measures
from aegis_cli.sources.mysql.variants import Flavor
from aegis_cli.sqltext.dialect_text import is_data_statement
from aegis_cli.usecases.index_advise.other_databases.drop_section import (
    drops_tested,
    with_uses,
    without_needed,
)
from aegis_cli.usecases.index_advise.other_databases.drop_tests import (
    DropTest,
    DropTester,
    droppable,
)
from aegis_cli.usecases.index_advise.other_databases.health import health_of
from aegis_cli.usecases.index_advise.other_databases.lacks import (
    empty_workload,
    guessed_columns,
    no_plans_for_drops,
    server_lack,
    unplanned_statements,
)
from aegis_cli.usecases.index_advise.other_databases.narrowing import narrowed
from aegis_cli.usecases.index_advise.other_databases.request import (
    OtherAdvice,
    OtherRequest,
    WorkloadText,
)
from aegis_cli.usecases.index_advise.other_databases.server_plans import (
    server_plans,
    with_server_plans,
)
from aegis_cli.usecases.index_advise.other_databases.statements import read_workload, texts_of
from aegis_cli.usecases.index_advise.unknown_writes import unknown_writes

_FIRST_DESCENDING = {Flavor.MYSQL: 80_000, Flavor.MARIADB: 100_800}
_REFUSED_TYPES = (
    "json", "geometry", "point", "linestring", "polygon", "multi", "tinytext", "text",
    "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob", "vector",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """Advice, after the server's own planner was asked."""

    advice: Advice
    tests: tuple[DropTest, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def advise_mysql(request: OtherRequest) -> OtherAdvice:
    """Return advice for a database, read in one session that cannot write.

    Raises:
        SourceError: The server cannot be reached or read.
    """
    with open_server(request.target) as server:
        measures = Measures(server)
        catalog = read_catalog(server, measures.indexes())
        return _advise(request, server, measures, catalog)


def _advise(
    request: OtherRequest, server: Server, measures: Measures, catalog: MysqlCatalog
) -> OtherAdvice:
    tables = Catalog(catalog.tables, server.database)
    limits, unknown = narrowed(request.limits, tables)
    knowledge = CatalogKnowledge(
        {each.name: each for each in catalog.tables}, catalog.cardinalities, measures.columns()
    )
    texts = [*texts_of(request, Dialect.MYSQL)]
    given = len(texts)
    if request.from_server:
        texts += _summed_up(measures)
    read = read_workload(texts, tables, Dialect.MYSQL, catalog.views)
    answer = advise(
        Question(
            workload=read.workload,
            catalog=tables,
            knowledge=knowledge,
            planner=HeuristicPlanner(tables, knowledge, read.accesses()),
            limits=limits,
            abilities=_abilities(server),
            dialect=Dialect.MYSQL,
            server=server.name,
            is_complete=len(texts) > given,
        ),
        request.clock,
    )
    skipped = [*unknown, *read.skipped, *unplanned_statements(answer.unplanned)]
    skipped += [server_lack(each.subject, each.reason, each.hint) for each in measures.lacks]
    guessed = _guessed(read.workload.statements, tables, knowledge)
    skipped += [guessed_columns(guessed)] if guessed else []
    skipped += unknown_writes(answer.advice)
    skipped += [] if read.workload.statements else [empty_workload(server.name)]
    permitted = [each for each in catalog.tables if limits.permits(each.name)]
    planned = _planned(request, server, read.workload, permitted, answer.advice)
    health = health_of(
        catalog.tables,
        limits,
        server=server.name,
        dialect=Dialect.MYSQL,
        age_s=measures.uptime_s(),
        advice=planned.advice,
    )
    return OtherAdvice(
        advice=planned.advice,
        health=with_uses(health, planned.tests),
        skipped=(*skipped, *planned.skipped),
        server=server.name,
        workload=read.workload,
        sections=tuple(drops_tested(planned.tests)),
    )


def _planned(
    request: OtherRequest,
    server: Server,
    workload: IndexWorkload,
    tables: Sequence[Table],
    advice: Advice,
) -> _Planned:
    """Compare the advice with the server's own plans, as far as it may be asked for them."""
    if not request.explain:
        return _Planned(advice=advice)
    plans, refused = server_plans(server, workload.statements)
    told = with_server_plans(advice, workload.statements, plans)
    candidates = [*droppable(advice, tables)]
    if not plans:
        lacks = (no_plans_for_drops(server.name),) if advice.drops else ()
        return _Planned(advice=told, skipped=(*refused, *lacks))
    tester = DropTester(
        server=server,
        statements={each.fingerprint: each for each in workload.statements},
        plans=plans,
    )
    results = [*tester.test(candidates)]
    tests = tuple(each for each in results if isinstance(each, DropTest))
    untested = (each for each in results if isinstance(each, Skipped))
    return _Planned(advice=without_needed(told, tests), tests=tests, skipped=(*refused, *untested))


def _abilities(server: Server) -> Abilities:
    first = _FIRST_DESCENDING[server.version.flavor]
    return Abilities(descending=server.version.number >= first, refused_types=_REFUSED_TYPES)


def _summed_up(measures: Measures) -> Iterator[WorkloadText]:
    for each in measures.statements():
        if not is_data_statement(each.text):
            continue
        yield WorkloadText(
            text=each.text,
            calls=each.calls,
            source="performance_schema",
            total_ms=each.total_ms,
            rows=each.rows,
        )


def _guessed(
    statements: Iterable[WorkloadStatement], tables: Catalog, knowledge: CatalogKnowledge
) -> list[str]:
    """Return the compared columns of whose values nothing is known."""
    found = set()
    for statement in statements:
        for access in statement.access.tables:
            table = tables.find(access.table)
            for condition in access.conditions if table is not None else ():
                column = condition.column
                if table and column and knowledge.unknown(table.name, column):
                    found.add(f"{table.name.name}.{column}")
    return sorted(found)
