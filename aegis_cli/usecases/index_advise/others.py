"""Advise on SQLite, MySQL and MariaDB."""

import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from aegis_cli.model.errors import SourceUnavailable, UsageError
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.usecases.index_advise.advised import Advised
from aegis_cli.usecases.index_advise.other_databases.mysql import advise_mysql
from aegis_cli.usecases.index_advise.other_databases.request import (
    OtherRequest,
    WorkloadScript,
    WorkloadText,
)
from aegis_cli.usecases.index_advise.other_databases.sqlite import advise_sqlite
from aegis_cli.usecases.index_advise.request import Request, Spelling, WhatIf
from aegis_cli.usecases.index_advise.targets import Target
from aegis_cli.usecases.index_advise.workload.kinds import Kind, kind_of
from aegis_cli.usecases.index_advise.workload.report_source import report_workload

_STDIN = "-"
_SAMPLE = 1 << 20
_SQLITE_SCHEMA = "main"
_ANSWERED_BY = {
    Target.SQLITE: "SQLite's planner on a copy of the schema; a cost is rows visited",
    Target.MYSQL: "rule of thumb; a cost is rows visited",
}


def advise_other(request: Request, target: Target) -> Advised:
    """Return advice for a database whose planner tells no cost.

    Raises:
        UsageError: An option that only PostgreSQL knows.
        SourceError: The database or an input cannot be read.
    """
    _refuse_postgres_options(request)
    assert request.dsn is not None
    scripts, texts = _inputs(request.workload)
    schema = _SQLITE_SCHEMA if target is Target.SQLITE else _database_of(request.dsn)
    limits = replace(
        request.limits,
        only=_tables(request.only, schema),
        exclude=_tables(request.exclude, schema),
    )
    asked = OtherRequest(
        target=request.dsn,
        scripts=scripts,
        texts=texts,
        limits=limits,
        from_server=not request.workload,
        explain=True,
    )
    found = advise_sqlite(asked) if target is Target.SQLITE else advise_mysql(asked)
    return Advised(
        advice=found.advice,
        workload=found.workload,
        health=found.health,
        skipped=found.skipped,
        sections=found.sections,
        server=found.server,
        answered_by=_ANSWERED_BY[target],
        tables=len(found.health),
    )


def _refuse_postgres_options(request: Request) -> None:
    given = {
        "--save-snapshot": request.save_snapshot is not None,
        "--what-if hypopg": request.what_if is not WhatIf.TWIN,
        "--verify": request.verify is not None,
        "--pg-stat-statements": bool(request.pg_stat_statements),
        f"--as {request.spelling}": request.spelling is not Spelling.DDL,
    }
    for option, is_given in given.items():
        if is_given:
            raise UsageError(option, "works with PostgreSQL only", "Leave it out.")


def _inputs(
    names: Sequence[str],
) -> tuple[tuple[WorkloadScript, ...], tuple[WorkloadText, ...]]:
    """Return scripts as they are, and the statements of saved reports."""
    scripts: list[WorkloadScript] = []
    texts: list[WorkloadText] = []
    for name in names:
        text, shown = _read(name), "stdin" if name == _STDIN else name
        match kind_of(shown, text[:_SAMPLE].encode()):
            case Kind.REPORT:
                texts += _reported(text, shown)
            case Kind.LOG:
                raise UsageError(
                    shown,
                    "logs are read for PostgreSQL only",
                    "Give a .sql file of statements, or a saved explain-queries report.",
                )
            case _:
                scripts.append(WorkloadScript(source=shown, text=text))
    return tuple(scripts), tuple(texts)


def _read(name: str) -> str:
    try:
        if name == _STDIN:
            return sys.stdin.buffer.read().decode("utf-8-sig", "replace")
        return Path(name).read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise SourceUnavailable(
            name, error.strerror or str(error), "Name a .sql file, or - for stdin."
        ) from error


def _reported(text: str, name: str) -> Iterator[WorkloadText]:
    for each in report_workload(text, name).statements:
        yield WorkloadText(
            text=each.text,
            calls=each.calls,
            source=each.source,
            total_ms=each.total_ms,
            rows=each.rows,
        )


def _tables(names: Collection[str], schema: str) -> frozenset[TableName]:
    found = (each.rpartition(".") for each in names)
    return frozenset(TableName(schema=left or schema, name=name) for left, _, name in found)


def _database_of(dsn: str) -> str:
    """Return the database that a URL ends with."""
    return dsn.rpartition("/")[2].partition("?")[0]
