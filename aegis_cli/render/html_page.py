"""The HTML report: one file without network, for phone, desktop and paper.

Only flame graphs bring a script; without it they are a picture.
"""

from importlib.resources import files
from typing import Final

from aegis_cli import __version__
from aegis_cli.model.report import Report, Skipped
from aegis_cli.model.text import Language
from aegis_cli.render.format_number import format_milliseconds
from aegis_cli.render.html_findings import finding_card, overview
from aegis_cli.render.html_flames import flame_script, has_flames, script_hash
from aegis_cli.render.html_sections import section_block
from aegis_cli.render.markup import NOTHING, Markup, element, join
from aegis_cli.render.sanitize import clean_report, one_line
from aegis_cli.render.wording import (
    EXAMINED,
    FINDINGS,
    HINT,
    INPUTS,
    NO_FINDINGS,
    PARTIAL,
    SKIPPED,
    STARTED,
    TO_GET_BACK,
    datum_value,
    findings_phrase,
    leading_data,
    sections_in_reading_order,
    severity_counts,
    severity_label,
    time_to_get_back,
)

# Nothing is fetched and nothing runs, whatever a report may contain: but for one script, by hash.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_INPUTS_SHOWN: Final = 5


def render(report: Report, language: Language) -> str:
    """Render the report as a page that needs nothing but itself."""
    cleaned = clean_report(report)
    page = element("html", _head(cleaned), _body(cleaned, language), lang=language.value)
    return f"<!DOCTYPE html>\n{page.text}\n"


def page_style() -> str:
    """Return the style sheet that every page carries."""
    return (files("aegis_cli.render") / "page.css").read_text(encoding="utf-8")


def _head(report: Report) -> Markup:
    """Build the head."""
    policy = f"{_POLICY}; script-src {script_hash()}" if has_flames(report) else _POLICY
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", one_line(f"AEGIS {report.command} {' '.join(report.inputs[:1])}")),
        element("style", Markup(page_style())),
    )


def _body(report: Report, language: Language) -> Markup:
    """Build everything visible."""
    sections = sections_in_reading_order(report)
    return element(
        "body",
        _masthead(report, language),
        element(
            "main",
            _findings(report, language),
            *(section_block(section, language) for section in sections),
            _skipped(report, language),
        ),
        # At the end, when everything it works on is there.
        element("script", Markup(flame_script())) if has_flames(report) else NOTHING,
        element("footer", f"AEGIS {__version__}"),
    )


def _masthead(report: Report, language: Language) -> Markup:
    """Say what was run, on what, and the outcome in numbers."""
    started = element("time", f"{report.started_at:%Y-%m-%d %H:%M:%S %Z}".strip())
    elapsed = format_milliseconds(report.elapsed_s * 1000, language)
    return element(
        "header",
        element("p", element("b", "AEGIS"), " ", report.command, class_="brand"),
        element("h1", findings_phrase(report, language)),
        element("p", PARTIAL.pick(language), class_="partial") if report.partial else NOTHING,
        _tiles(report, language),
        _severity_bar(report, language),
        element(
            "p",
            *(f"{INPUTS.pick(language)}: ", _inputs(report), " · "),
            *(f"{STARTED.pick(language)}: ", started, f" · {elapsed}"),
            class_="muted",
        ),
        class_="masthead",
    )


def _inputs(report: Report) -> Markup:
    """List what the command was pointed at; very long lists are counted."""
    shown = [element("code", one_line(name)) for name in report.inputs[:_INPUTS_SHOWN]]
    rest = len(report.inputs) - len(shown)
    spaced = [part for name in shown for part in (name, " ")]
    return join([*spaced, f"+{rest}"]) if rest > 0 else join(spaced[:-1])


def _tiles(report: Report, language: Language) -> Markup:
    """Show the few numbers that matter most."""
    saved = time_to_get_back(report, language)
    tiles = [_tile(TO_GET_BACK.pick(language), saved, "tile lead")] if saved else []
    tiles += [
        _tile(datum.title.pick(language), datum_value(datum, language), "tile")
        for datum in leading_data(report)
    ]
    if not tiles:
        return NOTHING
    return element("dl", *tiles, class_="tiles", aria_label=EXAMINED.pick(language))


def _tile(title: str, value: str, kind: str) -> Markup:
    """Show one number under its name."""
    return element("div", element("dt", title), element("dd", value), class_=kind)


def _severity_bar(report: Report, language: Language) -> Markup:
    """Draw how the findings spread over the severities."""
    counts = severity_counts(report)
    if not counts:
        return NOTHING
    total = sum(count for _, count in counts)
    label = findings_phrase(report, language)
    parts, start = [element("title", label)], 0
    for severity, count in counts:
        name = f"{severity_label(severity).pick(language)}: {count}"
        parts.append(
            element(
                "rect",
                element("title", name),
                x=f"{100 * start / total:.3f}%",
                y="0",
                width=f"{100 * count / total:.3f}%",
                height="100%",
                class_=f"fill-{severity.value}",
            )
        )
        start += count
    return element("svg", *parts, class_="severities", role="img", aria_label=label)


def _findings(report: Report, language: Language) -> Markup:
    """Show the findings in the order given, or say that there are none."""
    heading = element("h2", FINDINGS.pick(language))
    if not report.findings:
        empty = element("p", NO_FINDINGS.pick(language), class_="none")
        return element("section", heading, empty, id="findings")
    cards = [
        finding_card(finding, number, language)
        for number, finding in enumerate(report.findings, start=1)
    ]
    return element("section", heading, overview(report, language), *cards, id="findings")


def _skipped(report: Report, language: Language) -> Markup:
    """Show what could not be examined, why, and what to do about it."""
    if not report.skipped:
        return NOTHING
    return element(
        "section",
        element("h2", SKIPPED.pick(language)),
        element(
            "ul", *(_skipped_item(item, language) for item in report.skipped), class_="skipped"
        ),
        id="skipped",
    )


def _skipped_item(skipped: Skipped, language: Language) -> Markup:
    """Show one thing that could not be examined."""
    hint = skipped.hint.pick(language)
    reason = element("p", skipped.reason.pick(language))
    advice = element("p", element("b", HINT.pick(language)), " ", hint) if hint else NOTHING
    return element("li", element("code", one_line(skipped.subject)), reason, advice)
