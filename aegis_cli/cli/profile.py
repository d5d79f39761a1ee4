"""`aegis profile`: run a program as it is, and report afterwards what it did."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import join
from typing import Annotated, NoReturn

import typer

from aegis_cli.cli._keep_options import exports_of, keep
from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._profile_options import (
    DURATION_S,
    EngineOptions,
    check_attach_options,
    check_engine_options,
    functions_of,
)
from aegis_cli.cli._program import ProgramCommand
from aegis_cli.cli._run import Ending, prepare
from aegis_cli.model.errors import UsageError
from aegis_cli.model.facts.engine_results import Clock

COMMAND_CLASS = ProgramCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments(EngineOptions):
    """Which program to run, with which interpreter, and what looks at it."""

    program: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCRIPT [ARGS]...",
            show_default=False,
            help="Script, directory or zip app; or -m MODULE, -c CODE, or -- COMMAND.",
        ),
    ] = None
    python: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            show_default=False,
            help="Interpreter for the program; the one that runs aegis otherwise.",
        ),
    ] = None


def command(arguments: Arguments, shared: SharedOptions) -> None:
    """Run a program and report what it did, and in which processes."""
    check_attach_options(arguments, arguments.program or [])
    check_engine_options(arguments)
    exports = exports_of(arguments)
    if arguments.pid is not None:
        _look_at(arguments, arguments.pid, exports, shared)
    # What we load and set for ourselves must not reach the program.
    environment = dict(os.environb)
    # Nothing here multiplies matrices; threads for that would only cost start-up time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from aegis_cli.profiling.launch.child import end_like
    from aegis_cli.usecases.profile.engines import EngineRequest
    from aegis_cli.usecases.profile.passes import profile_in_passes
    from aegis_cli.usecases.profile.run import Request, profile

    engine = EngineRequest(
        engine=arguments.engine,
        functions=functions_of(arguments.function or ()),
        clock=arguments.clock or Clock.CPU,
        greenlets=arguments.greenlets,
        pstats=arguments.pstats,
    )
    words = arguments.program or []
    program = _command(words, arguments.python)
    recheck = join(("aegis", "profile", *words))
    run = prepare(shared, recheck=recheck, stream=sys.stderr)
    request = Request(
        command=program,
        environment=environment,
        engine=engine,
        keeps_stacks=bool(exports or arguments.save),
    )
    if arguments.passes:
        answer = profile_in_passes(
            request,
            lambda: prepare(shared, recheck=recheck).crew.detectors,
            _now,
            origins=run.crew.origins,
        )
    else:
        answer = profile(request, run.crew.detectors, _now, origins=run.crew.origins)
    code = run.write(answer.report)
    keep(arguments, exports, answer.report, answer.stacks, run.language)
    end_like(answer.status or code)


def _look_at(
    arguments: Arguments, pid: int, exports: Sequence[tuple[str, Path]], shared: SharedOptions
) -> NoReturn:
    """Look at a running process; its report goes to stdout, which is ours then."""
    from aegis_cli.usecases.profile.attach import AttachRequest, attach, show_stacks

    run = prepare(shared, recheck=join(("aegis", "profile", "--pid", str(pid))))
    request = AttachRequest(pid=pid, duration_s=arguments.duration or DURATION_S)
    if arguments.dump:
        run.deliver(show_stacks(request, _now).report)
    attached = attach(request, run.crew.detectors, _now, origins=run.crew.origins)
    keep(arguments, exports, attached.report, attached.stacks, run.language)
    run.deliver(attached.report, Ending.INTERRUPTED if attached.is_interrupted else Ending.COMPLETE)


def _now() -> datetime:
    return datetime.now(UTC)


def _command(words: list[str], python: Path | None) -> tuple[str, ...]:
    """Return the command line of the program.

    Raises:
        UsageError: The words name none.
    """
    from aegis_cli.profiling.launch.command import command_of, is_complete

    if not is_complete(words):
        reason = "names no program" if words else "no program to run"
        hint = "Name a script, -m MODULE, -c CODE, or a command after `--`."
        raise UsageError(join(words), reason, hint)
    return command_of(words, os.fspath(python) if python is not None else sys.executable)
