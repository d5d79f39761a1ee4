"""What a terminal can show, and lines that never run over its edge.

Text from outside never passes through rich's markup: every line is a `rich.text.Text`.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from aegis_cli.model.text import Language, Text
from aegis_cli.render.sanitize import one_line
from aegis_cli.render.table_layout import GAP
from aegis_cli.render.wording import left_out_phrase, more_phrase

Part: TypeAlias = Line | Padding
"""What a report is made of: lines, and lines indented beside a label."""

_INDENT: Final = 4
LABEL_WIDTH: Final = 9
_NARROW: Final = 50
_NARROWEST_COMMENT: Final = 20
_COMMENT: Final = re.compile(r"\s*(?:#|--) ")
# What an ASCII terminal shows for the typographic characters that AEGIS itself writes.
_ASCII: Final = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "·": "-", "×": "x", "µ": "u", "→": "->", "≥": ">=", "≤": "<=",
     "‘": "'", "’": "'", "“": '"', "”": '"', "│": "|"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What decides how a line is written."""

    language: Language
    width: int
    unicode: bool

    def plain(self, text: str) -> str:
        """Return a text as one line, in the characters that the terminal has."""
        # A line break from outside could otherwise imitate the lines of the report.
        expanded = text.replace("\n", " ").expandtabs(4)
        return expanded if self.unicode else expanded.translate(_ASCII)

    def line(self, text: str, style: str = "") -> Line:
        """Build a line that wraps instead of running over the edge."""
        return Line(self.plain(text), style=style, overflow="fold")

    def say(self, text: Text) -> str:
        """Return a message in the language of the report."""
        return self.plain(text.pick(self.language))

    def fit(self, text: str, width: int) -> str:
        """Cut a text to a width, with a mark where it was cut."""
        whole = self.plain(text)
        if cell_len(whole) <= width:
            return whole
        mark = "…" if self.unicode else "..."
        if width <= len(mark):
            return set_cell_size(whole, width)
        return set_cell_size(whole, width - len(mark)).rstrip() + mark


def left_out(count: int, screen: Screen) -> Iterator[Line]:
    """Say that something was left out."""
    if count > 0:
        yield screen.line(more_phrase(count, screen.language), "dim")


def indented(content: Line | Table, screen: Screen) -> Padding:
    """Indent under the number of the finding, unless the terminal is too narrow for that."""
    return Padding(content, (0, 0, 0, _INDENT if screen.width >= _NARROW else 0))


def content_width(screen: Screen) -> int:
    """Return the width beside the labels of a finding."""
    if screen.width < _NARROW:
        return screen.width
    return screen.width - _INDENT - LABEL_WIDTH - GAP


def field(label: Text | str, lines: Iterable[Line], screen: Screen) -> Padding:
    """Show lines beside their label, or below it on a narrow terminal."""
    name = screen.say(label) if isinstance(label, Text) else screen.plain(label)
    content = Line("\n").join(lines)
    content.overflow = "fold"
    if screen.width < _NARROW:
        return indented(Line.assemble((name, "bold"), "\n", content, overflow="fold"), screen)
    grid = Table.grid(padding=(0, GAP, 0, 0))
    grid.add_column(width=LABEL_WIDTH, overflow="fold")
    grid.add_column(width=content_width(screen), overflow="fold")
    grid.add_row(Line(name, style="bold"), content)
    return indented(grid, screen)


def bounded(text: str, most: int, screen: Screen, *, wrap: bool = False) -> list[Line]:
    """Return the first lines of a text, cut at the edge unless they may wrap."""
    lines = text.strip("\n").split("\n") if text.strip() else []
    width = content_width(screen)
    if wrap:
        lines = [part for line in lines for part in _wrapped_comment(line, width)]
    shown = [screen.line(line if wrap else screen.fit(line, width)) for line in lines[:most]]
    rest = len(lines) - len(shown)
    return (
        [*shown, screen.line(f"… {left_out_phrase(rest, screen.language)}", "dim")]
        if rest > 0
        else shown
    )


def _wrapped_comment(line: str, width: int) -> list[str]:
    """Let every line of a long comment begin as a comment, so that it can be copied."""
    mark = _COMMENT.match(line)
    if mark is None or len(line) <= width or width <= _NARROWEST_COMMENT:
        return [line]
    return textwrap.wrap(line, width, subsequent_indent=mark[0], break_on_hyphens=False)


def heading(title: str, screen: Screen) -> Iterator[Line]:
    """Start a part of the report with a line across the terminal."""
    dash = "─" if screen.unicode else "-"
    name = screen.fit(one_line(title), max(1, screen.width - 6))
    rest = max(0, screen.width - cell_len(name) - 4)
    yield Line("")
    yield Line.assemble((dash * 2 + " ", "dim"), (name, "bold"), (" " + dash * rest, "dim"))
