"""Markdown for pull requests and wikis: outside text can become nothing but text."""

from html import escape
from typing import Final

from aegis_cli.model.evidence import (
    CodeSnippet,
    Evidence,
    Measurement,
    PlanComparison,
    QuerySample,
)
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.report import Cell, Chart, Column, Datum, Report, Section, Skipped
from aegis_cli.model.text import Language, Text
from aegis_cli.render.charts import column_rows, highest
from aegis_cli.render.flames import flame_phrase
from aegis_cli.render.format_number import format_cell, format_milliseconds, is_number
from aegis_cli.render.sanitize import (
    clean_report,
    markdown_block,
    markdown_code,
    markdown_text,
    one_line,
)
from aegis_cli.render.wording import (
    EVIDENCE,
    EXAMINED,
    FINDINGS,
    FIX,
    HINT,
    INPUTS,
    PARTIAL,
    PLAN_AFTER,
    PLAN_BEFORE,
    PLANS,
    RECHECK,
    SKIPPED,
    TO_GET_BACK,
    WHERE,
    confidence_phrase,
    datum_value,
    effect_line,
    examined_phrase,
    findings_phrase,
    location_line,
    measurement_name,
    measurement_value,
    more_phrase,
    plan_costs,
    sections_in_reading_order,
    severity_label,
    time_to_get_back,
)
from aegis_cli.sqltext.display import pretty

# A comment on GitHub or GitLab ends at 65 536 characters or soon after.
_FINDINGS_SHOWN: Final = 50
_ROWS_SHOWN: Final = 25
_LOCATIONS_SHOWN: Final = 5
_CELL_LENGTH: Final = 120
_STATEMENT_WIDTH: Final = 90
_TIMELINE_WIDTH: Final = 72


def render(report: Report, language: Language) -> str:
    """Render the report as GitHub-flavoured Markdown."""
    cleaned = clean_report(report)
    blocks = [*_summary(cleaned, language), *_findings(cleaned, language)]
    for section in sections_in_reading_order(cleaned):
        blocks += _section(section, language)
    blocks += _skipped(cleaned.skipped, language)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _summary(report: Report, language: Language) -> list[str]:
    """Say what was run, on what, and the outcome."""
    elapsed = format_milliseconds(report.elapsed_s * 1000, language)
    inputs = ", ".join(markdown_code(name) for name in report.inputs)
    saved = time_to_get_back(report, language)
    examined = examined_phrase(report, language)
    lines = [
        f"**{markdown_text(findings_phrase(report, language))}**",
        f"{TO_GET_BACK.pick(language)}: {markdown_text(saved)}" if saved else "",
        f"{INPUTS.pick(language)}: {inputs}" if inputs else "",
        f"{EXAMINED.pick(language)}: {markdown_text(examined)} ({elapsed})" if examined else "",
    ]
    return [
        f"# AEGIS {markdown_text(report.command)}",
        "\\\n".join(line for line in lines if line),
        f"> {PARTIAL.pick(language)}" if report.partial else "",
    ]


def _findings(report: Report, language: Language) -> list[str]:
    """Show the findings in the order given."""
    if not report.findings:
        return []
    blocks = [f"## {FINDINGS.pick(language)}"]
    for number, finding in enumerate(report.findings[:_FINDINGS_SHOWN], start=1):
        blocks += _finding(finding, number, language)
    rest = len(report.findings) - _FINDINGS_SHOWN
    return [*blocks, _more(rest, language)]


def _more(count: int, language: Language) -> str:
    """Say that something was left out."""
    return f"_{markdown_text(more_phrase(count, language))}_" if count > 0 else ""


def _finding(finding: Finding, number: int, language: Language) -> list[str]:
    """Show one finding, the remedy before the evidence."""
    severity = severity_label(finding.severity).pick(language)
    rule = f"{markdown_text(finding.rule.name)} ({markdown_code(finding.rule.code)})"
    confidence = confidence_phrase(finding.confidence, language)
    return [
        f"### {number}. {rule} – {severity}, {confidence}",
        markdown_text(finding.message.pick(language)),
        *_fix(finding.fix, effect_line(finding.impact, language), language),
        _places(finding, language),
        *_evidence(finding, language),
    ]


def _fix(fix: Fix, effect: str, language: Language) -> list[str]:
    """Show the change, its effect and the command that checks it."""
    summary = markdown_text(fix.summary.pick(language))
    recheck = f"{RECHECK.pick(language)}: {markdown_code(fix.recheck)}" if fix.recheck else ""
    info = {FixKind.DIFF: "diff", FixKind.DDL: "sql"}.get(fix.kind, "")
    return [
        f"**{FIX.pick(language)}**: {summary} – {markdown_text(effect)}",
        markdown_block(fix.text, info) if fix.text else "",
        recheck,
    ]


def _places(finding: Finding, language: Language) -> str:
    """List the first places."""
    shown = finding.locations[:_LOCATIONS_SHOWN]
    if not shown:
        return ""
    places = ", ".join(markdown_code(location_line(location)) for location in shown)
    rest = len(finding.locations) - len(shown)
    return f"{WHERE.pick(language)}: {places}" + (f" (+{rest})" if rest else "")


def _evidence(finding: Finding, language: Language) -> list[str]:
    """Show the numbers as a list and fold statements and snippets below them."""
    numbers = [item for item in finding.evidence if isinstance(item, Measurement)]
    samples = [item for item in finding.evidence if not isinstance(item, Measurement)]
    heading = f"{EVIDENCE.pick(language)}:"
    listed = "\n".join(_measurement(item, language) for item in numbers)
    blocks = [f"{heading}\n\n{listed}"] if numbers else []
    if samples:
        # Inside an HTML block Markdown's own escapes do not count.
        titles = dict.fromkeys(_sample_title(item, language) for item in samples)
        summary = ", ".join(titles)
        blocks.append(f"<details><summary>{escape(one_line(summary))}</summary>")
        blocks += [_sample(item, language) for item in samples]
        blocks.append("</details>")
    return blocks


def _measurement(item: Measurement, language: Language) -> str:
    """Show one number."""
    value = markdown_text(measurement_value(item, language))
    detail = f", {markdown_text(item.detail)}" if item.detail else ""
    return f"- {markdown_text(measurement_name(item))}: {value}{detail}"


def _sample_title(item: Evidence, language: Language) -> str:
    """Name a statement by its role, a snippet by its title."""
    if isinstance(item, QuerySample):
        return item.role
    if isinstance(item, PlanComparison):
        return PLANS.pick(language)
    return item.title if isinstance(item, CodeSnippet) else item.name


def _sample(item: QuerySample | CodeSnippet | PlanComparison, language: Language) -> str:
    """Show a statement, a snippet, or a statement with both its plans."""
    if isinstance(item, PlanComparison):
        return _plans(item, language)
    if isinstance(item, QuerySample):
        statement = markdown_block(pretty(item.statement, _STATEMENT_WIDTH), "sql")
        return f"{markdown_text(item.role)} {markdown_code(item.fingerprint)}\n\n{statement}"
    return f"{markdown_text(item.title)}\n\n{markdown_block(item.text, item.language)}"


def _plans(item: PlanComparison, language: Language) -> str:
    """Show a statement with its costs, then the plan before and the plan after."""
    both = ((PLAN_BEFORE, item.plan_before), (PLAN_AFTER, item.plan_after))
    costs = markdown_text(plan_costs(item, language))
    blocks = [
        f"{markdown_code(item.fingerprint)}: {costs}",
        markdown_block(pretty(item.statement, _STATEMENT_WIDTH), "sql"),
        *(f"{title.pick(language)}\n\n{markdown_block(plan)}" for title, plan in both if plan),
    ]
    return "\n\n".join(blocks)


def _section(section: Section, language: Language) -> list[str]:
    """Show a section with all it has."""
    return [
        f"## {markdown_text(section.title.pick(language))}",
        *(_timeline(chart, language) for chart in section.charts),
        *(markdown_text(flame_phrase(flame, language)) for flame in section.flames),
        _data(section.data, language),
        _table(section, language),
        _more(len(section.rows) - _ROWS_SHOWN, language),
    ]


def _timeline(chart: Chart, language: Language) -> str:
    """Draw a chart of characters; bars and timelines look alike here."""
    lines = [one_line(chart.title.pick(language))]
    for series in chart.series:
        peak = format_cell(highest(series.values), chart.unit, language)
        rows = column_rows(series.values, width=_TIMELINE_WIDTH, height=3, unicode=True)
        lines += [f"{one_line(series.name.pick(language))}, max {peak}", *rows]
    if chart.labels:
        lines.append(f"{one_line(chart.labels[0])} … {one_line(chart.labels[-1])}")
    return markdown_block("\n".join(lines), "text")


def _data(data: tuple[Datum, ...], language: Language) -> str:
    """List named values."""
    return "\n".join(
        f"- {markdown_text(datum.title.pick(language))}: "
        f"{markdown_text(datum_value(datum, language))}"
        for datum in data
    )


def _table(section: Section, language: Language) -> str:
    """Show the first rows of a table, numbers to the right."""
    if not section.rows:
        return ""
    heads = [markdown_text(column.title.pick(language)) for column in section.columns]
    rules = [
        "---:" if all(is_number(row[at]) for row in section.rows) else "---"
        for at in range(len(section.columns))
    ]
    rows = [
        [_cell(cell, column, language) for cell, column in zip(row, section.columns, strict=True)]
        for row in section.rows[:_ROWS_SHOWN]
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rules, *rows))


def _cell(cell: Cell, column: Column, language: Language) -> str:
    """Show one value; strings are quoted, because they come from outside."""
    if not isinstance(cell, str | Text):
        return format_cell(cell, column.unit, language)
    line = one_line(format_cell(cell, column.unit, language))
    short = line if len(line) <= _CELL_LENGTH else f"{line[:_CELL_LENGTH]}…"
    return markdown_code(short)


def _skipped(skipped: tuple[Skipped, ...], language: Language) -> list[str]:
    """List what could not be examined, why, and what to do about it."""
    if not skipped:
        return []
    return [f"## {SKIPPED.pick(language)}", "\n".join(_item(item, language) for item in skipped)]


def _item(skipped: Skipped, language: Language) -> str:
    """Show one thing that could not be examined."""
    reason = markdown_text(skipped.reason.pick(language))
    hint = markdown_text(skipped.hint.pick(language))
    advice = f" {HINT.pick(language)}: {hint}" if hint else ""
    return f"- {markdown_code(skipped.subject)}: {reason}{advice}"
