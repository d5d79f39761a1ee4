"""Compare what we estimate with the plans that a MySQL server makes itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.index_advice import Advice, IndexAdvice
from aegis_cli.model.facts.index_workload import ConstantsOrigin, WorkloadStatement
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.report import Skipped
from aegis_cli.sources.mysql.connection import Server
from aegis_cli.sources.mysql.explain import ServerPlan, plan_of
from aegis_cli.usecases.index_advise.other_databases.lacks import unexplained_statements

_MOST_EXPLAINED = 200


def server_plans(
    server: Server, statements: Iterable[WorkloadStatement]
) -> tuple[dict[str, ServerPlan], list[Skipped]]:
    """Return the server's plans by fingerprint, and what it gave no plan for.

    Only a SELECT with its constants is asked about; it is not run.
    """
    plans: dict[str, ServerPlan] = {}
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
    plans: Mapping[str, ServerPlan],
) -> Advice:
    """Return the advice with a note on each index, saying what the server plans today."""
    by_name = {each.fingerprint: each for each in statements}
    creates = tuple(
        replace(each, notes=(*each.notes, *_notes(each, by_name, plans))) for each in advice.creates
    )
    return replace(advice, creates=creates)


def _plan(server: Server, statement: WorkloadStatement, done: int) -> ServerPlan:
    text = statement.texts[0]
    if statement.kind is not StatementKind.SELECT:
        raise ValueError("it writes")
    if text.constants is not ConstantsOrigin.KNOWN:
        raise ValueError("its constants are not known")
    if done >= _MOST_EXPLAINED:
        raise ValueError(f"{_MOST_EXPLAINED} statements are explained at most")
    return plan_of(server.plan(text.text))


def _notes(
    create: IndexAdvice,
    statements: Mapping[str, WorkloadStatement],
    plans: Mapping[str, ServerPlan],
) -> Iterator[str]:
    scans, searches = 0, set()
    for outcome in create.helped:
        statement = statements[outcome.fingerprint]
        aliases = aliases_of(statement, create.definition.table.name)
        server_plan = plans.get(outcome.fingerprint)
        for plan in server_plan.tables if server_plan is not None else ():
            if plan.table.lower() in aliases:
                scans += plan.is_full_scan
                searches |= {plan.index} if plan.index else set()
    table = create.definition.table.name
    if scans:
        yield f"the server's own plan of {scans} statement(s) scans all of {table} today"
    if searches:
        names = ", ".join(sorted(searches))
        yield f"the server's own plan already reads {table} through {names}"


def aliases_of(statement: WorkloadStatement, table: str) -> set[str]:
    """Return the names, in lower case, by which a plan of a statement calls a table."""
    return {
        each.alias.lower()
        for each in statement.access.tables
        if each.table.lower().rpartition(".")[2] == table.lower()
    }
