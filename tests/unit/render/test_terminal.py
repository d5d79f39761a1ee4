"""The terminal report fits its terminal, leads with the remedy and hides nothing silently."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.cells import cell_len

from aegis_cli.model.report import Report, Skipped
from aegis_cli.model.text import Language, Text
from aegis_cli.render.terminal import render, render_terminal
from tests.unit.render.sample_reports import (
    empty_report,
    hostile_report,
    long_report,
    n_plus_one,
    rich_report,
)

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _render(report: Report, width: int = 80, *, colour: bool = False, unicode: bool = True) -> str:
    return render_terminal(report, Language.EN, width=width, colour=colour, unicode=unicode)


@pytest.mark.parametrize("build", [empty_report, rich_report, hostile_report, long_report])
@pytest.mark.parametrize("width", [1, 20, 40, 60, 80, 100, 140, 300])
@pytest.mark.parametrize("language", Language)
def test_no_line_is_wider_than_the_terminal(
    build: Callable[[], Report], width: int, language: Language
) -> None:
    for unicode in (True, False):
        text = render_terminal(build(), language, width=width, colour=False, unicode=unicode)

        # Nothing can show a character of two cells in a terminal of one.
        assert max(cell_len(line) for line in text.split("\n")) <= max(width, 2)


@pytest.mark.parametrize("build", [rich_report, hostile_report])
def test_without_unicode_everything_is_ascii(build: Callable[[], Report]) -> None:
    assert _render(build(), unicode=False).isascii()


@pytest.mark.parametrize("build", [rich_report, hostile_report])
def test_without_colour_there_is_no_escape_sequence(build: Callable[[], Report]) -> None:
    assert "\x1b" not in _render(build())


def test_colour_adds_nothing_but_colour() -> None:
    coloured = _render(rich_report(), colour=True)

    assert coloured != _render(rich_report())
    plain = "\n".join(line.rstrip() for line in _COLOUR.sub("", coloured).split("\n"))
    assert plain == _render(rich_report())


def test_hostile_text_sends_no_sequence_of_its_own() -> None:
    coloured = _render(hostile_report(), colour=True)

    assert "\x1b" not in _COLOUR.sub("", coloured)
    assert "\x1b]8" not in coloured
    assert "[bold red]markup[/]" in coloured.replace("\n", " ")


def test_a_line_break_from_outside_imitates_no_line_of_the_report() -> None:
    fake = Text.same("true\n 9   CRITICAL  fake  AEG9999 · high confidence")
    finding = replace(n_plus_one(), message=fake, rule=replace(n_plus_one().rule, name=fake.en))
    skipped = Skipped(subject=fake.en, reason=fake, hint=fake)

    text = _render(replace(empty_report(), findings=(finding,), skipped=(skipped,)), width=300)

    assert not [line for line in text.split("\n") if line.startswith(" 9 ")]


def test_the_outcome_comes_first_and_the_remedy_before_the_evidence() -> None:
    text = _render(rich_report())

    order = [
        "AEGIS explain-queries  app.log",
        "3 findings: 1 critical, 1 high, 1 medium",
        "Time to get back: up to 1.56 min (heuristic)",
        "Examined: Bytes read 219 MiB",
        "CRITICAL  slow-statement  AEG5303 · medium confidence",
        "Create an index that answers the filter and the order.",
        "saves 1.55 min, 1,200,000 rows, 700 MiB (planner)",
        "table public.events @ shop",
        "2.41 s (measured)",
        "aegis explain-queries app.log --select AEG5303",
        "HIGH  n-plus-one",
        "MEDIUM  cacheable-read",
        "── Statements",
        "── Timeline",
        "── Coverage",
        "── Not examined",
        "old.log.gz: the compressed stream ends too early after 12 MiB",
        "What to do: Copy the file again",
    ]
    positions = [text.index(part) for part in order]
    assert positions == sorted(positions)


def test_an_empty_report_says_that_nothing_was_found() -> None:
    assert render(empty_report(), Language.EN) == "AEGIS explain-queries\nNo findings\n"
    assert render(empty_report(), Language.KO) == "AEGIS explain-queries\n발견된 문제 없음\n"


def test_a_long_report_shows_the_first_and_counts_the_rest() -> None:
    text = _render(long_report(), width=140)

    assert len(re.findall(r"^ ?\d+   (?:CRITICAL|HIGH|MEDIUM|LOW) ", text, re.MULTILINE)) == 20
    assert "232 more: --format json or html shows all" in text
    assert "385 more: --format json or html shows all" in text
    assert len(text.split("\n")) < 700


def test_columns_that_do_not_fit_are_named() -> None:
    assert "Columns not shown: p50, p95, p99, Max, Rows" in _render(rich_report(), width=80)
    assert "Columns not shown" not in _render(rich_report(), width=140)


def test_numbers_of_a_table_end_in_one_column() -> None:
    lines = _render(rich_report(), width=140).split("\n")
    start = next(at for at, line in enumerate(lines) if line.startswith("Fingerprint "))

    ends = {len(line.rstrip()) for line in lines[start : start + 7]}

    assert ends == {len(lines[start].rstrip())}


def test_the_remedy_is_never_cut() -> None:
    text = "".join(_render(rich_report(), width=60).split())

    assert "+orders=Order.objects.filter(status='open').select_related('customer')" in text


def test_the_plain_renderer_is_the_terminal_one_at_a_fixed_width() -> None:
    assert render(rich_report(), Language.KO) == render_terminal(
        rich_report(), Language.KO, width=100, colour=False, unicode=True
    )


def test_the_environment_changes_nothing() -> None:
    program = (
        "import sys\n"
        "from tests.unit.render.sample_reports import rich_report\n"
        "from aegis_cli.model.text import Language\n"
        "from aegis_cli.render.terminal import render_terminal\n"
        "text = render_terminal(rich_report(), Language.EN, width=80, colour=True, unicode=True)\n"
        "sys.stdout.buffer.write(text.encode())"
    )
    hostile = {"NO_COLOR": "1", "COLUMNS": "40", "LINES": "5", "TERM": "dumb", "LC_ALL": "C"}

    done = subprocess.run(
        [sys.executable, "-c", program], env=hostile, capture_output=True, check=True
    )

    assert done.stdout.decode() == _render(rich_report(), colour=True)
