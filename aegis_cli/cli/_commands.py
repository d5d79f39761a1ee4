"""The table of commands; it is what `aegis --help` shows without importing any of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """A command's name, the module that is imported when it is called, and its short help.

    The module has a dataclass `Arguments` and a function `command(arguments, shared)`, or
    `command(arguments)` for a command that makes no report; where another program's words end the
    line, it has a `COMMAND_CLASS`.
    A test compares the short help with the first line of that function's docstring.
    """

    name: str
    module: str
    summary: str
    makes_report: bool = True
    is_gate: bool = False
    """Findings make the exit code 1 unless the user says otherwise: it is a step of CI."""


COMMANDS = (
    CommandEntry(
        name="explain-queries",
        module="aegis_cli.cli.explain_queries",
        summary="Find loops, repeats and slow statements in query logs.",
    ),
    CommandEntry(
        name="index-advise",
        module="aegis_cli.cli.index_advise",
        summary="Propose indexes to create and to drop, by asking the planner.",
    ),
    CommandEntry(
        name="profile",
        module="aegis_cli.cli.profile",
        summary="Run a program and report what it did, and in which processes.",
    ),
    CommandEntry(
        name="lint",
        module="aegis_cli.cli.lint",
        summary="Find what will be slow in Python source, before it ships.",
        is_gate=True,
    ),
    CommandEntry(
        name="pool-check",
        module="aegis_cli.cli.pool_check",
        summary="Show who holds a server's connections, and who waits for whom.",
    ),
    CommandEntry(
        name="compare",
        module="aegis_cli.cli.compare",
        summary="Run two commands in turns, or read two reports, and tell what changed.",
    ),
    CommandEntry(
        name="demo",
        module="aegis_cli.cli.demo",
        summary="Diagnose a backend with planted faults on an embedded server.",
    ),
    CommandEntry(
        name="rules",
        module="aegis_cli.cli.rules",
        summary="List the rules, or show the page of one.",
        makes_report=False,
    ),
    CommandEntry(
        name="report",
        module="aegis_cli.cli.report",
        summary="Render a saved JSON report in any format.",
    ),
)


def command_names() -> tuple[str, ...]:
    """Return the names of the built-in commands, in the order of the help."""
    return tuple(each.name for each in COMMANDS)
