"""Outside text is stripped once and escaped for each format, whatever it holds."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aegis_cli.render.sanitize import (
    clean,
    clean_report,
    file_uri,
    markdown_block,
    markdown_code,
    markdown_text,
    one_line,
    workflow_message,
    workflow_property,
)
from tests.unit.render.sample_reports import HOSTILE, empty_report, hostile_report, rich_report

_ANY_TEXT = st.text(st.characters(exclude_categories=()))
_NASTY = st.lists(
    st.sampled_from(
        ["\x1b", "[", "]", "\x9b", "\x9d", "\x07", "m", "31", ";", "a", "\r", "\n", "\u202e", "`"]
    )
).map("".join)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Bplain", "plain"),
        ("sel\x00ect", "select"),
        ("a\rb\r\nc", "a\nb\nc"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("tab\tstays", "tab\tstays"),
        ("lone \ud800 surrogate", "lone \N{REPLACEMENT CHARACTER} surrogate"),
        ("no\uffffchar", "no\N{REPLACEMENT CHARACTER}char"),
        ("가나다 naïve 👩‍💻", "가나다 naïve 👩‍💻"),
    ],
)
def test_strips_what_controls_a_terminal_and_keeps_what_people_wrote(
    dirty: str, expected: str
) -> None:
    assert clean(dirty) == expected


def test_an_unfinished_escape_string_does_not_hide_the_text_after_it() -> None:
    assert clean("\x1b]0;never ended, still here") == "0;never ended, still here"


@given(_ANY_TEXT | _NASTY)
@example(HOSTILE)
def test_clean_text_is_utf8_without_controls_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)

    assert cleaned.encode().decode() == cleaned
    assert not [c for c in cleaned if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert not [c for c in cleaned if unicodedata.bidirectional(c) in {"RLO", "LRO", "RLI", "PDI"}]
    assert clean(cleaned) == cleaned


@given(_ANY_TEXT | _NASTY)
def test_one_line_has_no_line_break_of_any_kind(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


def test_every_string_of_a_report_is_cleaned() -> None:
    cleaned = repr(clean_report(hostile_report()))

    assert "\\x1b" not in cleaned
    assert "\\u202e" not in cleaned
    assert "\\ud800" not in cleaned


@pytest.mark.parametrize("report", [empty_report(), rich_report()])
def test_a_clean_report_is_left_as_it_is(report: object) -> None:
    from aegis_cli.model.report import Report  # noqa: PLC0415  # narrows the parameter only

    assert isinstance(report, Report)
    assert clean_report(report) == report


@given(_ANY_TEXT | _NASTY | st.text("`*_[]()<>!#@|~-+=1.&:/w$\\ \n"))
@example(HOSTILE)
@example("1. one")
@example("![i](http://evil)")
def test_markdown_prose_renders_as_the_very_text_and_nothing_else(text: str) -> None:
    rendered = _inline_tokens(markdown_text(text))

    assert {kind for kind, _ in rendered} <= {"text", "text_special"}
    shown = "".join(content for _, content in rendered).replace("\u200b", "")
    assert shown.split() == one_line(text).split()


@given(_ANY_TEXT | st.text("`| \\a"))
@example("``` | `")
@example("`")
def test_a_markdown_code_span_holds_exactly_the_text(text: str) -> None:
    code = markdown_code(text)

    tokens = _inline_tokens(code)

    line = one_line(text).replace("|", "\\|")
    assert tokens == ([("code_inline", line)] if line else [])


@given(_ANY_TEXT | st.text("`~\n a"))
def test_a_markdown_block_cannot_be_ended_from_inside(text: str) -> None:
    tokens = MarkdownIt().parse(f"{markdown_block(text, 'sql')}\n\nafter")

    assert [token.type for token in tokens] == [
        "fence",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]


def _inline_tokens(markdown: str) -> list[tuple[str, str]]:
    """Parse one paragraph the way a Markdown renderer does."""
    parser = MarkdownIt("gfm-like", {"linkify": False})
    blocks = parser.parse(markdown)
    assert {block.type for block in blocks} <= {"paragraph_open", "inline", "paragraph_close"}
    return [
        (child.type, child.content)
        for block in blocks
        for child in block.children or []
        if child.content
    ]


@pytest.mark.parametrize("prefix", ["see ", ""])
@pytest.mark.parametrize("link", ["https://evil.example", "www.evil.example", "@everyone", "#123"])
def test_markdown_prose_leaves_nothing_for_a_host_to_link(prefix: str, link: str) -> None:
    assert link not in markdown_text(prefix + link)


@given(_ANY_TEXT | _NASTY | st.text("%:,\r\n"))
def test_a_workflow_command_stays_on_one_line_and_can_be_decoded(text: str) -> None:
    message = workflow_message(text)

    assert len(message.splitlines()) <= 1 or not set("\r\n") & set(message)
    decoded = message.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert decoded == clean(text)


@given(_ANY_TEXT | st.text("%:,=\n"))
def test_a_workflow_property_ends_no_other_property(text: str) -> None:
    assert not set(workflow_property(text)) & set(":,\n")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("shop/views.py", "shop/views.py"),
        ("./shop/my views.py", "shop/my%20views.py"),
        ("/var/log/app.log", "file:///var/log/app.log"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("로그.log", "%EB%A1%9C%EA%B7%B8.log"),
        ("", "."),
    ],
)
def test_paths_become_uri_references(path: str, uri: str) -> None:
    assert file_uri(path) == uri
