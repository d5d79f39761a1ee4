"""The HTML page is one well-formed file that runs nothing, fetches nothing and shows all."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.report import Report
from aegis_cli.model.text import Language
from aegis_cli.render.html_page import page_style, render
from aegis_cli.render.markup import Markup, element
from tests.unit.render.sample_reports import (
    HOSTILE,
    advice_report,
    empty_report,
    hostile_report,
    long_report,
    rich_report,
)

REPORTS = [empty_report, rich_report, advice_report, hostile_report, long_report]
_VOID = {"meta", "br", "hr"}
_ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section"),
    *("nav", "article", "figure", "figcaption", "div", "p", "span", "b", "small", "code", "pre"),
    *("h1", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "a", "br", "ins", "del", "time"),
    *("details", "summary", "table", "thead", "tbody", "tr", "th", "td", "svg", "rect"),
}


class _Page(HTMLParser):
    """Reads a page back: its elements, their attributes, and whether they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.classes: list[str] = []
        self.wide: list[list[str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"table", "pre"}:
            self.wide.append(list(self.classes))
        if tag not in _VOID:
            self.open.append(tag)
            self.classes.append(dict(attrs).get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.classes.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("build", REPORTS)
def test_elements_nest_and_are_none_that_could_act(build: Callable[[], Report]) -> None:
    page = _Page(render(build(), Language.EN))

    assert {tag for tag, _ in page.tags} <= _ALLOWED


@pytest.mark.parametrize("build", REPORTS)
def test_no_attribute_runs_code_or_leaves_the_page(build: Callable[[], Report]) -> None:
    page = _Page(render(build(), Language.EN))

    attributes = [(key, value) for _, attrs in page.tags for key, value in attrs.items()]
    assert not [key for key, _ in attributes if key.startswith("on") or key in {"src", "style"}]
    targets = [value for key, value in attributes if "href" in key]
    assert all(re.fullmatch(r"#finding-\d+", value or "") for value in targets)


def test_the_policy_of_the_page_forbids_scripts_and_network() -> None:
    page = _Page(render(rich_report(), Language.EN))

    policies = [attrs.get("content") for _, attrs in page.tags if "http-equiv" in attrs]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert "url(" not in page_style()
    assert "@import" not in page_style()


@pytest.mark.parametrize("language", Language)
def test_the_page_names_its_language(language: Language) -> None:
    page = _Page(render(rich_report(), language))

    assert page.tags[0] == ("html", {"lang": language.value})


def test_hostile_text_is_shown_as_text() -> None:
    page = _Page(render(hostile_report(), Language.EN))

    assert "<script>alert(1)</script>" in "".join(page.text)
    assert [tag for tag, _ in page.tags].count("style") == 1


def test_ids_are_unique_and_every_link_has_its_target() -> None:
    page = _Page(render(long_report(), Language.EN))

    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    links = {(attrs["href"] or "").removeprefix("#") for tag, attrs in page.tags if tag == "a"}
    assert len(ids) == len(set(ids))
    assert links <= set(ids)
    assert len(links) == len(long_report().findings)


def test_every_row_and_every_finding_is_in_the_page() -> None:
    page = render(long_report(), Language.EN)

    assert page.count("<article") == len(long_report().findings)
    assert all(f">{row:016x}<" in page for row in range(400))


def test_every_drawing_has_a_title_and_every_table_headings() -> None:
    page = render(rich_report(), Language.EN)

    drawings = re.findall(r"<svg.*?</svg>", page)
    assert len(drawings) == 1 + 6 + 2 + 4
    assert all("<title>" in drawing and 'role="img"' in drawing for drawing in drawings)
    tables = re.findall(r"<table>.*?</table>", page)
    assert tables
    assert all('scope="col"' in table for table in tables)


@pytest.mark.parametrize("build", [rich_report, hostile_report, long_report])
def test_wide_content_scrolls_in_its_own_container(build: Callable[[], Report]) -> None:
    page = _Page(render(build(), Language.EN))

    assert page.wide
    assert all("scroll" in ancestors for ancestors in page.wide)


def test_the_bars_of_statements_come_from_their_table() -> None:
    page = render(rich_report(), Language.EN)

    assert "Statements by total time" in page
    assert 'aria-label="1.56 min"' in page


def test_dark_mode_phones_and_paper_are_provided_for() -> None:
    style = page_style()

    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    assert "@media (max-width" in style


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_has_enough_contrast_on_its_background(scheme: int) -> None:
    colours = _schemes()[scheme]

    pairs = [("text", "page"), ("text", "card"), ("muted", "page"), ("muted", "card")]
    pairs += [("text", "code"), ("fix-line", "fix"), ("accent", "card"), ("text", "fix")]
    pairs += [("on-badge", name) for name in ("critical", "high", "medium", "low")]
    pairs += [("ins", "ins-bg"), ("del", "del-bg"), ("fix-line", "card")]
    weak = {pair: _contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


def _schemes() -> tuple[dict[str, str], dict[str, str]]:
    """Read the light and the dark colours from the style sheet."""
    light, dark = re.findall(r":root \{(.*?)\}", page_style(), re.DOTALL)[:2]
    read = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in (light, dark)]
    return read[0], read[1]


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@given(st.text(), st.text())
def test_an_element_shows_any_text_and_attribute_as_they_are(text: str, value: str) -> None:
    built = element("p", text, Markup("<br>"), title=value, class_=None)

    page = _Page(built.text.replace("\x00", ""))

    assert [tag for tag, _ in page.tags] == ["p", "br"]
    assert set(page.tags[0][1]) == {"title"}


def test_hostile_attributes_stay_attributes() -> None:
    page = _Page(element("p", aria_label=f'"{HOSTILE}').text)

    assert [set(attrs) for _, attrs in page.tags] == [{"aria-label"}]
