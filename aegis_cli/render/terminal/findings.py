"""Findings for a terminal: what, then the remedy and its effect, then place and evidence."""

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text as Line

from aegis_cli.model.evidence import (
    CodeSnippet,
    Evidence,
    Measurement,
    PlanComparison,
    QuerySample,
)
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.severity import Severity
from aegis_cli.render.sanitize import one_line
from aegis_cli.render.terminal.screen import (
    LABEL_WIDTH,
    Part,
    Screen,
    bounded,
    content_width,
    field,
    indented,
)
from aegis_cli.render.wording import (
    EVIDENCE,
    FIX,
    PLAN_AFTER,
    PLANS,
    RECHECK,
    WHERE,
    confidence_phrase,
    effect_line,
    left_out_phrase,
    location_line,
    measurement_name,
    measurement_value,
    plan_costs,
    severity_label,
)
from aegis_cli.sqltext.display import pretty

_LOCATIONS_SHOWN: Final = 3
_MEASUREMENTS_SHOWN: Final = 8
_SAMPLES_SHOWN: Final = 4
_FIX_LINES: Final = 24
_STATEMENT_LINES: Final = 6
_SNIPPET_LINES: Final = 10
# The formatter wraps the list behind a keyword and does not count the keyword itself.
_KEYWORD: Final = 8
_PLAN_STEPS: Final = 6
_BADGES: Final = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold cyan",
}


def finding_parts(finding: Finding, number: int, screen: Screen) -> Iterator[Part]:
    """Show one finding: what, then the remedy, then place and evidence."""
    word = severity_label(finding.severity).pick(screen.language).upper()
    head = screen.line(f"{number:>2}  ", "bold")
    head.append(screen.plain(f" {word} "), style=f"not bold {_BADGES[finding.severity]}")
    head.append(screen.plain(f" {finding.rule.name}"))
    confidence = confidence_phrase(finding.confidence, screen.language)
    head.append(screen.plain(f"  {finding.rule.code} · {confidence}"), style="not bold dim")
    yield head
    yield indented(screen.line(finding.message.pick(screen.language)), screen)
    yield from _fix(finding.fix, effect_line(finding.impact, screen.language), screen)
    yield from _places(finding, screen)
    yield from _evidence(finding.evidence, screen)
    if finding.fix.recheck:
        yield field(RECHECK, [screen.line(one_line(finding.fix.recheck), "cyan")], screen)


def _fix(fix: Fix, effect: str, screen: Screen) -> Iterator[Part]:
    """Show what to change and what that gives back."""
    lines = [
        screen.line(fix.summary.pick(screen.language), "bold"),
        screen.line(effect, "green"),
    ]
    lines += bounded(fix.text, _FIX_LINES, screen, wrap=True)
    if fix.kind is FixKind.DIFF:
        for line in lines[2:]:
            line.stylize({"+": "green", "-": "red"}.get(line.plain[:1], ""))
    yield field(FIX, lines, screen)


def _places(finding: Finding, screen: Screen) -> Iterator[Part]:
    """Show the first places."""
    lines = [
        screen.line(one_line(location_line(location)))
        for location in finding.locations[:_LOCATIONS_SHOWN]
    ]
    rest = len(finding.locations) - _LOCATIONS_SHOWN
    if rest > 0:
        lines.append(screen.line(left_out_phrase(rest, screen.language), "dim"))
    if lines:
        yield field(WHERE, lines, screen)


def _evidence(evidence: tuple[Evidence, ...], screen: Screen) -> Iterator[Part]:
    """Show the numbers aligned, then statements and snippets under their roles."""
    numbers = [item for item in evidence if isinstance(item, Measurement)]
    samples = [item for item in evidence if not isinstance(item, Measurement)]
    if numbers:
        yield field(EVIDENCE, _measurements(numbers, screen), screen)
    for sample in samples[:_SAMPLES_SHOWN]:
        yield _sample(sample, screen)
    rest = len(samples) - _SAMPLES_SHOWN
    if rest > 0:
        yield field("", [screen.line(left_out_phrase(rest, screen.language), "dim")], screen)


def _measurements(numbers: list[Measurement], screen: Screen) -> Iterator[Line]:
    """Show name, value, unit and basis, one measurement a line."""
    shown = numbers[:_MEASUREMENTS_SHOWN]
    longest = max(cell_len(screen.plain(measurement_name(number))) for number in shown)
    width = min(longest, content_width(screen) // 2)
    for number in shown:
        name = screen.fit(one_line(measurement_name(number)), width)
        value = measurement_value(number, screen.language)
        line = screen.line(f"{set_cell_size(name, width)}  {value}")
        yield line.append(screen.plain(f" {one_line(number.detail)}"), style="dim")
    if len(numbers) > len(shown):
        yield screen.line(left_out_phrase(len(numbers) - len(shown), screen.language), "dim")


def _sample(item: QuerySample | CodeSnippet | PlanComparison, screen: Screen) -> Part:
    """Show a statement under its role, a snippet under its title, plans under their costs."""
    if isinstance(item, PlanComparison):
        return _plans(item, screen)
    if isinstance(item, QuerySample):
        text = pretty(item.statement, max(1, content_width(screen) - _KEYWORD))
        lines = bounded(text, _STATEMENT_LINES, screen)
        label = one_line(item.role)
        lines = [screen.line(one_line(item.fingerprint), "dim"), *lines]
    else:
        lines = bounded(item.text, _SNIPPET_LINES, screen)
        label = one_line(item.language)
        lines = [screen.line(one_line(item.title), "dim"), *lines]
    return field(screen.fit(label, LABEL_WIDTH), lines, screen)


def _plans(item: PlanComparison, screen: Screen) -> Part:
    """Show the costs of a statement, its text, and the steps of the plan after the change."""
    text = pretty(item.statement, max(1, content_width(screen) - _KEYWORD))
    lines = [
        screen.line(plan_costs(item, screen.language), "bold"),
        *bounded(text, _STATEMENT_LINES, screen),
    ]
    if item.plan_after:
        lines.append(screen.line(PLAN_AFTER.pick(screen.language), "dim"))
        lines += bounded(item.plan_after, _PLAN_STEPS, screen)
    return field(screen.fit(PLANS.pick(screen.language), LABEL_WIDTH), lines, screen)
