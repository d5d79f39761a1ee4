"""The report for a terminal; rich is known here and nowhere else among the renderers."""

from collections.abc import Iterator
from io import StringIO
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text as Line

from aegis_cli.model.report import Report, Skipped
from aegis_cli.model.text import Language
from aegis_cli.render.format_number import format_milliseconds
from aegis_cli.render.sanitize import clean_report, one_line
from aegis_cli.render.terminal.findings import finding_parts
from aegis_cli.render.terminal.screen import Part, Screen, heading, indented, left_out
from aegis_cli.render.terminal.sections import section_lines
from aegis_cli.render.wording import (
    EXAMINED,
    HINT,
    PARTIAL,
    SKIPPED,
    TO_GET_BACK,
    examined_phrase,
    findings_phrase,
    sections_in_reading_order,
    time_to_get_back,
)

PLAIN_WIDTH: Final = 100
"""The width when nobody says how wide the terminal is."""

_FINDINGS_SHOWN: Final = 20


def render(report: Report, language: Language) -> str:
    """Render the report as plain text of a fixed width, without colour."""
    return render_terminal(report, language, width=PLAIN_WIDTH, colour=False, unicode=True)


def render_terminal(
    report: Report, language: Language, *, width: int, colour: bool, unicode: bool
) -> str:
    """Render the report for a terminal of this width and these abilities."""
    screen = Screen(language=language, width=max(1, width), unicode=unicode)
    output = StringIO()
    console = _console(output, screen.width, colour=colour)
    for part in _report(clean_report(report), screen):
        console.print(part, markup=False, highlight=False, emoji=False)
    text = "\n".join(line.rstrip() for line in output.getvalue().split("\n"))
    # Whatever is left beyond ASCII becomes a question mark, which is never wider.
    return text if unicode else text.encode("ascii", "replace").decode("ascii")


def _console(output: StringIO, width: int, *, colour: bool) -> Console:
    """Build a console that asks nobody: no environment, no terminal, no Windows."""
    return Console(
        file=output,
        width=width,
        force_terminal=colour,
        force_jupyter=False,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        _environ={},
    )


def _report(report: Report, screen: Screen) -> Iterator[Part]:
    """Lay the whole report out, the outcome first."""
    yield from _summary(report, screen)
    for number, finding in enumerate(report.findings[:_FINDINGS_SHOWN], start=1):
        yield Line("")
        yield from finding_parts(finding, number, screen)
    yield from left_out(len(report.findings) - _FINDINGS_SHOWN, screen)
    for section in sections_in_reading_order(report):
        yield from section_lines(section, screen)
    yield from _skipped(report.skipped, screen)


def _summary(report: Report, screen: Screen) -> Iterator[Line]:
    """Say what was run, how it ended and what was looked at."""
    inputs = one_line(" ".join(report.inputs))
    head = screen.line(f"AEGIS {one_line(report.command)}", "bold")
    room = max(0, screen.width - cell_len(head.plain) - 2)
    yield head.append(f"  {screen.fit(inputs, room)}", style="not bold dim") if inputs else head
    outcome = findings_phrase(report, screen.language)
    yield screen.line(outcome, "bold" if report.findings else "bold green")
    saved = time_to_get_back(report, screen.language)
    if saved:
        yield screen.line(f"{screen.say(TO_GET_BACK)}: {saved}", "bold green")
    elapsed = format_milliseconds(report.elapsed_s * 1000, screen.language)
    examined = examined_phrase(report, screen.language)
    if examined:
        yield screen.line(f"{screen.say(EXAMINED)}: {examined} ({elapsed})", "dim")
    if report.partial:
        yield screen.line(PARTIAL.pick(screen.language), "bold yellow")


def _skipped(skipped: tuple[Skipped, ...], screen: Screen) -> Iterator[Part]:
    """Show what could not be examined, why, and what to do about it."""
    if not skipped:
        return
    yield from heading(SKIPPED.pick(screen.language), screen)
    for item in skipped:
        head = screen.line(f"{one_line(item.subject)}: ", "bold")
        yield head.append(screen.plain(item.reason.pick(screen.language)), style="not bold")
        hint = item.hint.pick(screen.language)
        if hint:
            yield indented(screen.line(f"{screen.say(HINT)}: {hint}", "cyan"), screen)
