"""Findings as cards of the HTML report: the remedy first, the evidence folded away."""

from typing import Final

from aegis_cli.model.evidence import (
    CodeSnippet,
    Measurement,
    PlanComparison,
    QuerySample,
)
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.location import Location
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language, Text
from aegis_cli.render.format_number import format_quantity
from aegis_cli.render.markup import NOTHING, Content, Markup, element, join
from aegis_cli.render.sanitize import one_line
from aegis_cli.render.wording import (
    EVIDENCE,
    FINDINGS,
    FIX,
    PLAN_AFTER,
    PLAN_BEFORE,
    RECHECK,
    WHERE,
    basis_label,
    confidence_phrase,
    effect_line,
    impact_phrases,
    left_out_phrase,
    location_line,
    measurement_name,
    plan_costs,
    severity_label,
)
from aegis_cli.sqltext.display import pretty

_OVERVIEW_FROM: Final = 3
_OVERVIEW_SHOWN: Final = 20
_LOCATIONS_SHOWN: Final = 5
_STATEMENT_WIDTH: Final = 90
_NAME: Final = Text(en="Name", ko="이름")
_VALUE: Final = Text(en="Value", ko="값")
_BASIS: Final = Text(en="Basis", ko="출처")


def overview(report: Report, language: Language) -> Markup:
    """List the findings with links to their cards, when there are enough to get lost in."""
    if len(report.findings) < _OVERVIEW_FROM:
        return NOTHING
    entries = [
        element("li", _overview_link(finding, number, language))
        for number, finding in enumerate(report.findings, start=1)
    ]
    parts = [element("ol", *entries[:_OVERVIEW_SHOWN])]
    rest = entries[_OVERVIEW_SHOWN:]
    if rest:
        summary = element("summary", left_out_phrase(len(rest), language))
        parts.append(element("details", summary, element("ol", *rest)))
    label = FINDINGS.pick(language)
    return element("nav", *parts, class_="overview", aria_label=label)


def _overview_link(finding: Finding, number: int, language: Language) -> Markup:
    """Name a finding with its severity and the first thing that its fix gives back."""
    saved = impact_phrases(finding.impact, language)[:1]
    return element(
        "a",
        _badge(finding, language),
        element("span", finding.rule.name, class_="name"),
        element("span", one_line(finding.message.pick(language)), class_="gist"),
        element("span", *saved, class_="saved"),
        href=f"#finding-{number}",
    )


def finding_card(finding: Finding, number: int, language: Language) -> Markup:
    """Show one finding."""
    return element(
        "article",
        _heading(finding, number, language),
        element("p", finding.message.pick(language), class_="message"),
        _fix(finding, language),
        _places(finding.locations, language),
        _evidence(finding, language),
        id=f"finding-{number}",
        class_=f"finding {finding.severity.value}",
    )


def _badge(finding: Finding, language: Language) -> Markup:
    """Show the severity as a word on its colour."""
    word = severity_label(finding.severity).pick(language)
    return element("span", word, class_=f"badge {finding.severity.value}")


def _heading(finding: Finding, number: int, language: Language) -> Markup:
    """Head the card with severity, name and code."""
    confidence = confidence_phrase(finding.confidence, language)
    return element(
        "div",
        _badge(finding, language),
        element("h3", f"{number}. {finding.rule.name}"),
        element("span", element("code", finding.rule.code), f" · {confidence}", class_="muted"),
        class_="head",
    )


def _fix(finding: Finding, language: Language) -> Markup:
    """Show what to change, what that gives back, and how to check it."""
    fix, known = finding.fix, impact_phrases(finding.impact, language)
    recheck = element("p", f"{RECHECK.pick(language)}: ", element("code", one_line(fix.recheck)))
    return element(
        "div",
        element("h4", FIX.pick(language)),
        element("p", fix.summary.pick(language), class_="summary"),
        element("p", effect_line(finding.impact, language), class_="effect" if known else "muted"),
        _change(fix),
        recheck if fix.recheck else NOTHING,
        class_="fix",
    )


def _change(fix: Fix) -> Markup:
    """Show the change itself, a diff with its lines coloured."""
    if not fix.text:
        return NOTHING
    lines: list[Content] = []
    for line in fix.text.strip("\n").split("\n"):
        lines += [_diff_line(line) if fix.kind is FixKind.DIFF else line, "\n"]
    # Advice is prose and wraps; everything else keeps its lines.
    kind = "prose" if fix.kind is FixKind.ADVICE else None
    return _scrolling(element("pre", element("code", *lines[:-1]), class_=kind))


def _diff_line(line: str) -> Content:
    """Mark an added or removed line."""
    if line.startswith("+"):
        return element("ins", line)
    return element("del", line) if line.startswith("-") else line


def _scrolling(content: Markup) -> Markup:
    """Give wide content a scroll bar of its own, reachable by keyboard."""
    return element("div", content, class_="scroll", tabindex="0")


def _places(locations: tuple[Location, ...], language: Language) -> Markup:
    """List the places, a long list folded."""
    if not locations:
        return NOTHING
    lines = [element("li", element("code", one_line(location_line(place)))) for place in locations]
    parts = [element("h4", WHERE.pick(language)), element("ul", *lines[:_LOCATIONS_SHOWN])]
    rest = lines[_LOCATIONS_SHOWN:]
    if rest:
        summary = element("summary", left_out_phrase(len(rest), language))
        parts.append(element("details", summary, element("ul", *rest)))
    return element("div", *parts, class_="places")


def _evidence(finding: Finding, language: Language) -> Markup:
    """Fold the evidence under its heading."""
    measurements = [item for item in finding.evidence if isinstance(item, Measurement)]
    others = [item for item in finding.evidence if not isinstance(item, Measurement)]
    if not finding.evidence:
        return NOTHING
    return element(
        "details",
        element("summary", f"{EVIDENCE.pick(language)} ({len(finding.evidence)})"),
        _measurements(measurements, language),
        *(_sample(item, language) for item in others),
        class_="evidence",
    )


def _measurements(measurements: list[Measurement], language: Language) -> Markup:
    """Show the numbers with their units and how they were obtained."""
    if not measurements:
        return NOTHING
    titles = (_NAME, _VALUE, _BASIS)
    heads = [
        element("th", title.pick(language), scope="col", class_="n" if title is _VALUE else None)
        for title in titles
    ]
    rows = [_measurement_row(measurement, language) for measurement in measurements]
    head, body = element("thead", element("tr", *heads)), element("tbody", *rows)
    return _scrolling(element("table", head, body))


def _measurement_row(measurement: Measurement, language: Language) -> Markup:
    """Show one number."""
    name: list[Content] = [measurement_name(measurement)]
    if measurement.detail:
        name += [element("br"), element("small", measurement.detail)]
    return element(
        "tr",
        element("th", join(name), scope="row"),
        element("td", format_quantity(measurement.quantity, language), class_="n"),
        element("td", basis_label(measurement.basis).pick(language)),
    )


def _sample(item: QuerySample | CodeSnippet | PlanComparison, language: Language) -> Markup:
    """Show a statement or a snippet under its role, plans side by side."""
    if isinstance(item, PlanComparison):
        return _plans(item, language)
    if isinstance(item, QuerySample):
        heading: tuple[Content, ...] = (f"{item.role} ", element("code", item.fingerprint))
        text = pretty(item.statement, _STATEMENT_WIDTH)
    else:
        heading, text = (item.title,), item.text
    code = _scrolling(element("pre", element("code", text)))
    return element("figure", element("figcaption", *heading), code)


def _plans(item: PlanComparison, language: Language) -> Markup:
    """Show a statement with its costs, and both plans side by side; narrow screens stack them."""
    heading = element("figcaption", element("code", item.fingerprint), " ")
    costs = element("p", plan_costs(item, language), class_="costs")
    statement = element("pre", element("code", pretty(item.statement, _STATEMENT_WIDTH)))
    both = ((PLAN_BEFORE, item.plan_before), (PLAN_AFTER, item.plan_after))
    sides = [
        element("div", element("h4", title.pick(language)), _scrolling(element("pre", plan)))
        for title, plan in both
        if plan
    ]
    plans = element("div", *sides, class_="plans") if sides else NOTHING
    return element("figure", heading, costs, _scrolling(statement), plans)
