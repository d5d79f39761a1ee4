"""`aegis index-advise`: which indexes a workload needs and which not, by the planner."""

import os
import sys
from datetime import UTC, datetime
from shlex import join
from typing import TYPE_CHECKING

from aegis_cli.cli._index_advise_options import Arguments
from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._run import Ending, prepare, progress_on_terminal
from aegis_cli.model.errors import UsageError

if TYPE_CHECKING:
    from aegis_cli.usecases.index_advise.request import Request


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Propose indexes to create and to drop, by asking the planner."""
    # Nothing here multiplies matrices; threads for that would only cost start-up time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from aegis_cli.cli._stopping import stopped_by_ctrl_c
    from aegis_cli.usecases.index_advise.run import index_advise

    run = prepare(shared, recheck=_recheck(arguments))
    answer = index_advise(
        _request(arguments, shared),
        run.crew.detectors,
        lambda: datetime.now(UTC),
        origins=run.crew.origins,
        progress=progress_on_terminal(run.language),
        stoppable=lambda: stopped_by_ctrl_c(run.language),
    )
    run.deliver(answer.report, Ending(answer.ending))


def _request(arguments: Arguments, shared: SharedOptions) -> "Request":
    from aegis_cli.indexing.limits import Limits
    from aegis_cli.usecases.index_advise.request import Request, Spelling, WhatIf

    return Request(
        dsn=_dsn(arguments),
        snapshot=arguments.snapshot,
        save_snapshot=arguments.save_snapshot,
        redact=arguments.redact,
        workload=tuple(arguments.workload or ()),
        pg_stat_statements=arguments.pg_stat_statements,
        limits=Limits(
            budget_bytes=arguments.budget.count if arguments.budget is not None else None,
            max_indexes=arguments.max_indexes,
            max_width=arguments.max_width,
            allow_partial=not arguments.no_partial,
            is_thorough=not arguments.plain,
            time_limit_s=arguments.time_limit,
        ),
        only=tuple(arguments.only or ()),
        exclude=tuple(arguments.exclude or ()),
        what_if=WhatIf(arguments.what_if),
        sample_rows=arguments.sample_rows,
        twin_bindir=arguments.twin_bindir,
        spelling=Spelling(arguments.spelling),
        models=tuple(arguments.models or ()),
        verify=arguments.verify,
        show_literals=shared.show_literals,
    )


def _dsn(arguments: Arguments) -> str | None:
    """Return the connection string, read from stdin when it is `-`.

    Raises:
        UsageError: stdin is wanted twice, or is empty.
    """
    if arguments.dsn != "-":
        return arguments.dsn
    if "-" in (arguments.workload or ()):
        raise UsageError("--dsn -", "stdin cannot bring both the connection string and statements")
    dsn = sys.stdin.readline().strip()
    if not dsn:
        raise UsageError("--dsn -", "stdin is empty", "Write the connection string to stdin.")
    return dsn


def _recheck(arguments: Arguments) -> str:
    """Return the command line; the password in a connection string is masked later."""
    named: tuple[str, ...] = ()
    if arguments.snapshot is not None:
        named = ("--snapshot", str(arguments.snapshot))
    elif arguments.dsn is not None:
        named = ("--dsn", arguments.dsn)
    return join(("aegis", "index-advise", *named, *(arguments.workload or ())))
