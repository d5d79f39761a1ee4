"""Compare what we estimate with the plans that a MySQL server makes itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.index_advice import Advice, IndexAdvice
from aegis_cli.model.facts.index_workload import ConstantsOrigin, WorkloadStatement
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.report import Skipped
from aegis_cli.sources.mysql.connection import Server
from aegis_cli.sources.mysql.explain import TablePlan, tables_of_plan
from aegis_cli.usecases.index_advise.other_databases.lacks import unexplained_statements

_MOST_EXPLAINED = 200


def server_plans(
    server: Server, statements: Iterable[WorkloadStatement]
) -> tuple[dict[str, tuple[TablePlan, ...]], list[Skipped]]:
    """Return the server's plans by fingerprint, and what it gave no plan for.

    Only a SELECT with its constants is asked about; it is not run.
    """
    plans: dict[str, tuple[TablePlan, ...]] = {}
    problems: dict[str, list[str]] = {}
    for each in statements:
        try:
            plans[each.fingerprint] = _plan(server, each, len(plans))
        except (SourceError, ValueError) as error:
            reason = error.reason if isinstance(error, SourceError) else str(error)
            problems.setdefault(reason, []).append(each.normalized)
    return plans, [unexplained_statements(each, reason) for reason, each in problems.items()]


def with_server_plans(
    advice: Advice,
    statements: Iterable[WorkloadStatement],
    plans: Mapping[str, tuple[TablePlan, ...]],
) -> Advice:
    """Return the advice with a note on each index, saying what the server plans today."""
    by_name = {each.fingerprint: each for each in statements}
    creates = tuple(
        replace(each, notes=(*each.notes, *_notes(each, by_name, plans))) for each in advice.creates
    )
    return replace(advice, creates=creates)


def _plan(server: Server, statement: WorkloadStatement, done: int) -> tuple[TablePlan, ...]:
    text = statement.texts[0]
    if statement.kind is not StatementKind.SELECT:
        raise ValueError("it writes")
    if text.constants is not ConstantsOrigin.KNOWN:
        raise ValueError("its constants are not known")
    if done >= _MOST_EXPLAINED:
        raise ValueError(f"{_MOST_EXPLAINED} statements are explained at most")
    return tables_of_plan(server.plan(text.text))


def _notes(
    create: IndexAdvice,
    statements: Mapping[str, WorkloadStatement],
    plans: Mapping[str, tuple[TablePlan, ...]],
) -> Iterator[str]:
    scans, searches = 0, set()
    for outcome in create.helped:
        statement = statements[outcome.fingerprint]
        aliases = _aliases(statement, create.definition.table)
        for plan in plans.get(outcome.fingerprint, ()):
            if plan.table.lower() in aliases:
                scans += plan.is_full_scan
                searches |= {plan.index} if plan.index else set()
    table = create.definition.table.name
    if scans:
        yield f"the server's own plan of {scans} statement(s) scans all of {table} today"
    if searches:
        names = ", ".join(sorted(searches))
        yield f"the server's own plan already reads {table} through {names}"


def _aliases(statement: WorkloadStatement, table: TableName) -> set[str]:
    return {
        each.alias.lower()
        for each in statement.access.tables
        if each.table.lower().rpartition(".")[2] == table.name.lower()
    }
