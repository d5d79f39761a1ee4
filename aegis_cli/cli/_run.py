"""The frame of a command that makes a report: who takes part, and what happens to the result."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TextIO

import typer

from aegis_cli.bootstrap import Crew, crew, plugin_host, policy, rules_of
from aegis_cli.cli._boundary import INTERRUPTED
from aegis_cli.cli._display import FILE_DISPLAY, Display, display_of, language_of
from aegis_cli.cli._options import SharedOptions
from aegis_cli.cli._output import check_file, write_file, write_stream
from aegis_cli.configuration.values import Configuration, FailOn
from aegis_cli.engine.baseline import baseline_of, write_baseline
from aegis_cli.engine.masking import mask_passwords
from aegis_cli.engine.policy import Policy, apply_policy
from aegis_cli.engine.problem import raise_for, unknown
from aegis_cli.engine.progress import Progress, SilentProgress
from aegis_cli.engine.selection import unknown_selectors
from aegis_cli.hooks.host import PluginHost
from aegis_cli.hooks.specs import Renderer
from aegis_cli.model.errors import UsageError
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language

TEXT = "text"


class Ending(StrEnum):
    """How the examination ended."""

    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    UNEXAMINED = "unexamined"
    """Nothing, or too little, could be examined; the report says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a command, prepared: everything the user could get wrong was checked."""

    options: SharedOptions
    crew: Crew
    renderer: Renderer
    language: Language
    policy: Policy
    stream: TextIO
    """Where a report goes that no file is named for."""

    def deliver(self, report: Report, ending: Ending = Ending.COMPLETE) -> NoReturn:
        """Write the report where the user wants it and exit with the code it asks for."""
        raise typer.Exit(self.write(report, ending))

    def write(self, report: Report, ending: Ending = Ending.COMPLETE) -> int:
        """Write the report where the user wants it and return the exit code it asks for."""
        whole = replace(report, skipped=(*self.crew.skipped, *report.skipped))
        if self.options.write_baseline is not None:
            self._accept(whole, self.options.write_baseline)
        shown = apply_policy(whole, self.policy, self.crew.codes)
        text = self.renderer(shown, self.language)
        if self.options.output is None:
            write_stream(text, self.stream)
        else:
            write_file(self.options.output, text)
        return exit_code(shown, self.options.fail_on, strict=self.options.strict, ending=ending)

    def _accept(self, report: Report, path: Path) -> None:
        """Write the baseline before the one in use hides what it already holds."""
        unhidden = Policy(read_lines=self.policy.read_lines, ignores=self.policy.ignores)
        shown = apply_policy(report, unhidden, self.crew.codes)
        write_file(path, write_baseline(baseline_of(shown.findings)))


def prepare(
    options: SharedOptions,
    *,
    recheck: str,
    stream: TextIO | None = None,
    command: str | None = None,
) -> Run:
    """Load plugins, choose rules and the renderer, and read the baseline, before any work.

    `recheck` is the command line that findings give for checking again.
    The report goes to stdout unless another stream is given.
    Rules that have nothing to do with `command` are left out, unless the user names rules.

    Raises:
        OutputError: the report or the baseline cannot be written where it should go.
        UsageError: an unknown format, or a selector that names no rule.
        ConfigError: the baseline cannot be read.
        PluginError: a required plugin is missing or failed.
    """
    for path in (options.output, options.write_baseline):
        if path is not None:
            check_file(path)
    configuration = options.config or Configuration()
    names_rules = bool(options.select or options.ignore)
    host = plugin_host(
        configuration,
        command=None if names_rules else command,
        required=options.require_plugin or (),
    )
    _check_selectors(options, host)
    stream = stream or sys.stdout
    return Run(
        options=options,
        crew=crew(
            configuration,
            host,
            recheck=mask_passwords(recheck),
            chosen=options.select or (),
            ignored=options.ignore or (),
        ),
        renderer=choose_renderer(options, host, stream),
        language=options.lang or language_of(os.environ),
        policy=policy(configuration, options.baseline),
        stream=stream,
    )


def choose_renderer(options: SharedOptions, host: PluginHost, stream: TextIO) -> Renderer:
    """Return the renderer of the chosen format, fitted to the terminal if it is text.

    Raises:
        UsageError: no plugin brings this format.
    """
    known = host.renderers()
    if options.format not in known:
        problem = unknown("--format", "format", options.format, known)
        raise UsageError("", str(problem), f"Known are {', '.join(known)}.")
    if options.format != TEXT:
        return known[options.format]
    return _terminal_renderer(_display(options, stream))


def exit_code(
    report: Report, fail_on: FailOn, *, strict: bool, ending: Ending = Ending.COMPLETE
) -> int:
    """Return the exit code a report asks for."""
    if ending is Ending.INTERRUPTED:
        return INTERRUPTED
    if ending is Ending.UNEXAMINED:
        return 3
    if any(fail_on.is_reached_by(each.severity) for each in report.findings):
        return 1
    return 3 if strict and (report.skipped or report.partial) else 0


def _check_selectors(options: SharedOptions, host: PluginHost) -> None:
    rules = rules_of(host)
    problems = (
        *unknown_selectors(options.select or (), rules, "--select"),
        *unknown_selectors(options.ignore or (), rules, "--ignore"),
    )
    raise_for(problems, UsageError, "", "`aegis rules` lists all of them.")


def _display(options: SharedOptions, stream: TextIO) -> Display:
    if options.output is not None:
        return replace(FILE_DISPLAY, colour=options.color or False)
    return display_of(stream, os.environ, colour=options.color)


def _terminal_renderer(display: Display) -> Renderer:
    from aegis_cli.render.terminal import render_terminal

    def render(report: Report, language: Language) -> str:
        return render_terminal(
            report,
            language,
            width=display.width,
            colour=display.colour,
            unicode=display.unicode,
        )

    return render


def progress_on_terminal(language: Language) -> Progress:
    """Return a progress bar if somebody watches stderr, else a silent one."""
    if not sys.stderr.isatty():
        return SilentProgress()
    # rich's progress costs more start-up time than reading a small log.
    from aegis_cli.cli._console import TerminalProgress

    return TerminalProgress(sys.stderr, language)


def warn(lines: Iterable[str]) -> None:
    """Tell something beside the report, on stderr."""
    for line in lines:
        typer.echo(f"aegis: {mask_passwords(line)}", err=True)
