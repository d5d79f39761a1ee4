"""Advise on the indexes of a SQLite file, from a copy of its schema and a few of its rows."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from aegis_cli.indexing.heuristic.advise import Question, advise
from aegis_cli.indexing.heuristic.candidates import Abilities
from aegis_cli.indexing.heuristic.knowledge import Catalog
from aegis_cli.indexing.heuristic.sizes import with_estimates
from aegis_cli.model.facts.catalog import ConstraintKind, Table
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.sqlite.catalog import SCHEMA, SqliteCatalog, read_catalog
from aegis_cli.sources.sqlite.knowledge import SqliteKnowledge
from aegis_cli.sources.sqlite.original import open_original
from aegis_cli.sources.sqlite.planner import ClonePlanner
from aegis_cli.sources.sqlite.sample import Sampler
from aegis_cli.sources.sqlite.target import sqlite_path
from aegis_cli.usecases.index_advise.other_databases.health import health_of
from aegis_cli.usecases.index_advise.other_databases.lacks import (
    empty_workload,
    listed,
    unplanned_statements,
)
from aegis_cli.usecases.index_advise.other_databases.narrowing import narrowed
from aegis_cli.usecases.index_advise.other_databases.request import OtherAdvice, OtherRequest
from aegis_cli.usecases.index_advise.other_databases.statements import (
    ReadWorkload,
    read_workload,
    texts_of,
)
from aegis_cli.usecases.index_advise.unknown_writes import unknown_writes

ABILITIES = Abilities(partial=True, expressions=True)


def advise_sqlite(request: OtherRequest) -> OtherAdvice:
    """Return advice for a file, which is opened read-only and stays as it is.

    Raises:
        SourceError: The file cannot be read.
    """
    path = sqlite_path(request.target) or Path(request.target)
    with open_original(path) as original:
        catalog = read_catalog(original)
        with closing(Sampler(original, catalog)) as sampler:
            return _advise(request, path, catalog, sampler)


def _advise(
    request: OtherRequest, path: Path, catalog: SqliteCatalog, sampler: Sampler
) -> OtherAdvice:
    knowledge = SqliteKnowledge(catalog, sampler)
    sized = tuple(_with_estimates(each, knowledge) for each in catalog.tables)
    tables = Catalog(sized, SCHEMA)
    limits, unknown = narrowed(request.limits, tables)
    views = {each.name.lower(): each.sql for each in catalog.entries if each.kind == "view"}
    read = read_workload(texts_of(request, Dialect.SQLITE), tables, Dialect.SQLITE, views)
    used = _used_tables(read, tables)
    with closing(ClonePlanner(catalog, knowledge, read.accesses())) as planner:
        answer = advise(
            Question(
                workload=read.workload,
                catalog=tables,
                knowledge=knowledge,
                planner=planner,
                limits=limits,
                abilities=ABILITIES,
                dialect=Dialect.SQLITE,
                server=str(path),
            ),
            request.clock,
        )
        failed = planner.failed
    lacks = [*unknown_writes(answer.advice)]
    lacks += _lacks(path, catalog, knowledge, used, failed)
    if not read.workload.statements:
        lacks.append(empty_workload(str(path)))
    return OtherAdvice(
        advice=answer.advice,
        health=health_of(
            sized,
            limits,
            server=str(path),
            dialect=Dialect.SQLITE,
            age_s=None,
            advice=answer.advice,
        ),
        skipped=(*unknown, *read.skipped, *unplanned_statements(answer.unplanned), *lacks),
        server=str(path),
        workload=read.workload,
    )


def _used_tables(read: ReadWorkload, tables: Catalog) -> list[Table]:
    names = {each.table for one in read.workload.statements for each in one.access.tables}
    found = {table.name: table for table in map(tables.find, sorted(names)) if table is not None}
    return list(found.values())


def _with_estimates(table: Table, knowledge: SqliteKnowledge) -> Table:
    """Return a table with its sizes where a rule looks at them; telling them reads some rows."""
    has_foreign_key = any(each.kind is ConstraintKind.FOREIGN_KEY for each in table.constraints)
    is_looked_at = has_foreign_key or any(each.constraint is None for each in table.indexes)
    return with_estimates(table, knowledge) if is_looked_at else table


def _lacks(
    path: Path,
    catalog: SqliteCatalog,
    knowledge: SqliteKnowledge,
    used: Sequence[Table],
    failed: Sequence[tuple[str, str]],
) -> list[Skipped]:
    found = []
    unknown = [each.name.name for each in used if not knowledge.is_analyzed(each.name)]
    if unknown:
        found.append(_not_analyzed(unknown))
    stale = [each.name.name for each in used if knowledge.is_stale(each.name)]
    if stale:
        found.append(_stale(stale))
    found += [_not_copied(name, reason) for name, reason in failed]
    if catalog.has_samples:
        found.append(_samples_left(path))
    if catalog.virtual:
        found.append(_virtual(catalog.virtual))
    if any(each.indexes for each in catalog.tables):
        found.append(_no_counters(path))
    return found


def _not_analyzed(names: Sequence[str]) -> Skipped:
    return Skipped(
        subject=listed(names),
        reason=Text(
            en="ANALYZE never ran, so rows were counted and values estimated from a sample; "
            "SQLite itself plans without knowing either",
            ko="ANALYZE를 실행한 적이 없어 행 수를 세고 값은 표본으로 추정했습니다. "
            "SQLite 자신은 둘 다 모른 채 계획을 세웁니다",
        ),
        hint=Text(en="Run ANALYZE on the database.", ko="데이터베이스에서 ANALYZE를 실행하십시오."),
    )


def _stale(names: Sequence[str]) -> Skipped:
    return Skipped(
        subject=listed(names),
        reason=Text(
            en="the tables have more than doubled or halved since ANALYZE; its numbers were left",
            ko="ANALYZE 이후 크기가 두 배 넘게 늘거나 절반 밑으로 줄어 그 수치를 쓰지 않았습니다",
        ),
        hint=Text(en="Run ANALYZE again.", ko="ANALYZE를 다시 실행하십시오."),
    )


def _not_copied(name: str, reason: str) -> Skipped:
    return Skipped(
        subject=name,
        reason=Text(
            en=f"could not be made again in the copy of the schema: {reason}",
            ko=f"스키마 사본에 다시 만들지 못했습니다: {reason}",
        ),
        hint=Text(
            en="Statements that need it were not examined.",
            ko="이 객체가 필요한 문장은 살펴보지 않았습니다.",
        ),
    )


def _virtual(names: Sequence[str]) -> Skipped:
    return Skipped(
        subject=listed(names),
        reason=Text(
            en="virtual tables have no ordinary indexes",
            ko="가상 테이블에는 일반 인덱스가 없습니다",
        ),
        hint=Text(
            en="Statements on them were not examined.",
            ko="이 테이블을 쓰는 문장은 살펴보지 않았습니다.",
        ),
    )


def _no_counters(path: Path) -> Skipped:
    return Skipped(
        subject=str(path),
        reason=Text(
            en="SQLite does not count how often an index is used, so unused ones are not reported",
            ko="SQLite는 인덱스 사용 횟수를 세지 않으므로 쓰이지 않는 인덱스는 보고하지 않습니다",
        ),
        hint=Text(
            en="Compare the plans of the whole workload before dropping an index.",
            ko="인덱스를 지우기 전에 전체 작업 부하의 계획을 비교하십시오.",
        ),
    )


def _samples_left(path: Path) -> Skipped:
    return Skipped(
        subject=str(path),
        reason=Text(
            en="ANALYZE kept samples (sqlite_stat4), which the SQLite of this Python cannot use; "
            "the application's plans may differ for rare and frequent values",
            ko="ANALYZE가 남긴 표본(sqlite_stat4)을 이 Python의 SQLite는 쓰지 못합니다. "
            "드물거나 흔한 값에서는 애플리케이션의 계획이 다를 수 있습니다",
        ),
        hint=Text(
            en="Compare the plans in the application before building an index.",
            ko="인덱스를 만들기 전에 애플리케이션에서 계획을 비교하십시오.",
        ),
    )
