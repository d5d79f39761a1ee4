"""Markdown shows the report as tables and blocks; outside text can become nothing else."""

from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt

from aegis_cli.model.report import Report
from aegis_cli.model.text import Language
from aegis_cli.render.markdown import render
from tests.unit.render.sample_reports import (
    empty_report,
    hostile_report,
    long_report,
    rich_report,
)

_FORBIDDEN = {"link_open", "image", "html_inline", "em_open"}


def _token_types(text: str) -> list[str]:
    """List what a renderer makes of the text, inline elements included."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    children = [child.type for token in tokens for child in token.children or []]
    return [token.type for token in tokens] + children


@pytest.mark.parametrize("build", [empty_report, hostile_report, rich_report])
@pytest.mark.parametrize("language", Language)
def test_outside_text_becomes_no_link_image_or_html(
    build: Callable[[], Report], language: Language
) -> None:
    assert not _FORBIDDEN & set(_token_types(render(build(), language)))


@pytest.mark.parametrize("build", [hostile_report, rich_report])
def test_the_only_html_is_our_own_fold(build: Callable[[], Report]) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(render(build(), Language.EN))

    blocks = [token.content.strip() for token in tokens if token.type == "html_block"]
    opened = [block for block in blocks if block.startswith("<details><summary>")]
    assert len(opened) * 2 == len(blocks)
    assert all(block.count("<") == 3 for block in opened)


def test_a_hostile_report_has_the_structure_of_a_harmless_one() -> None:
    types = _token_types(render(hostile_report(), Language.EN))

    # Title, findings, one finding, one section, what was not examined.
    assert types.count("heading_open") == 5
    assert types.count("table_open") == 1
    assert types.count("ordered_list_open") == 0


def test_each_table_row_has_a_cell_per_column() -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(render(rich_report(), Language.EN))

    kinds = [token.type for token in tokens]
    assert kinds.count("th_open") == 11
    assert kinds.count("td_open") == 6 * 11


def test_the_remedy_comes_before_the_evidence() -> None:
    text = render(rich_report(), Language.EN)

    order = ["# AEGIS explain-queries", "## Findings", "**Fix**: Create an index", "Evidence:"]
    positions = [text.index(part) for part in order]
    assert positions == sorted(positions)
    assert "```sql\nCREATE INDEX CONCURRENTLY" in text
    assert "```diff\n-orders" in text


def test_a_long_report_counts_what_it_leaves_out() -> None:
    text = render(long_report(), Language.EN)

    assert "202 more" in text
    assert "375 more" in text


def test_an_empty_report_says_so() -> None:
    assert render(empty_report(), Language.EN) == "# AEGIS explain-queries\n\n**No findings**\n"
