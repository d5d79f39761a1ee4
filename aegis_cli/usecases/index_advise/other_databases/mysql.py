"""Advise on the indexes of a MySQL or MariaDB database, from its catalog and counters."""

from collections.abc import Iterable, Iterator

from aegis_cli.indexing.heuristic.advise import Question, advise
from aegis_cli.indexing.heuristic.candidates import Abilities
from aegis_cli.indexing.heuristic.knowledge import Catalog
from aegis_cli.indexing.heuristic.numbers import CatalogKnowledge
from aegis_cli.indexing.heuristic.planner import HeuristicPlanner
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.model.facts.index_workload import WorkloadStatement
from aegis_cli.sources.mysql.catalog import MysqlCatalog, read_catalog
from aegis_cli.sources.mysql.connection import Server, open_server
from aegis_cli.sources.mysql.measures import Measures
from aegis_cli.sources.mysql.variants import Flavor
from aegis_cli.sqltext.dialect_text import is_data_statement
from aegis_cli.usecases.index_advise.other_databases.health import health_of
from aegis_cli.usecases.index_advise.other_databases.lacks import (
    drops_not_tested,
    empty_workload,
    guessed_columns,
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
    skipped += [drops_not_tested(server.name)] if answer.advice.drops else []
    skipped += [] if read.workload.statements else [empty_workload(server.name)]
    advice = answer.advice
    if request.explain:
        plans, refused = server_plans(server, read.workload.statements)
        advice = with_server_plans(advice, read.workload.statements, plans)
        skipped += refused
    age = measures.uptime_s()
    return OtherAdvice(
        advice=advice,
        health=health_of(
            catalog.tables,
            limits,
            server=server.name,
            dialect=Dialect.MYSQL,
            age_s=age,
            advice=advice,
        ),
        skipped=tuple(skipped),
        server=server.name,
        workload=read.workload,
    )


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
