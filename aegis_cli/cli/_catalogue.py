"""The list of rules as text, Markdown and JSON."""

import json
import unicodedata
from collections.abc import Sequence

from aegis_cli.cli._display import Display
from aegis_cli.model.text import Language
from aegis_cli.usecases.rules import CatalogueEntry

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def as_text(entries: Sequence[CatalogueEntry], language: Language, display: Display) -> str:
    """Lay the rules out as one line each, cut at the display's width."""
    rows = [_cells(each, language) for each in entries]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    lines = [_cut(_line(row, widths), display.width) for row in rows]
    if display.colour:
        lines = [_embolden(line, row[0]) for line, row in zip(lines, rows, strict=True)]
    return "".join(f"{line}\n" for line in lines)


def as_markdown(entries: Sequence[CatalogueEntry], language: Language) -> str:
    """Write the rules as a table."""
    head = "| Code | Name | Section | Severity | Sees |\n|---|---|---|---|---|\n"
    rows = (_cells(each, language) for each in entries)
    return head + "".join(f"| {' | '.join(_escape(cell) for cell in row)} |\n" for row in rows)


def as_json(entries: Sequence[CatalogueEntry]) -> str:
    """Write the rules with their thresholds for other programs."""
    return json.dumps([_fields(each) for each in entries], ensure_ascii=False, indent=2) + "\n"


def _cells(entry: CatalogueEntry, language: Language) -> tuple[str, ...]:
    rule = entry.rule
    return (rule.code, rule.name, rule.section, rule.severity, rule.title.pick(language))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
    return "  ".join((*cells, row[-1]))


def _cut(line: str, width: int) -> str:
    used = 0
    for position, character in enumerate(line):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > width:
            return f"{line[: max(position - 2, 0)].rstrip()}…"
    return line


def _embolden(line: str, code: str) -> str:
    return line.replace(code, f"{_BOLD}{code}{_PLAIN}", 1)


def _escape(cell: str) -> str:
    return cell.replace("|", "\\|")


def _fields(entry: CatalogueEntry) -> dict[str, object]:
    rule = entry.rule
    return {
        "code": rule.code,
        "name": rule.name,
        "section": rule.section,
        "title": rule.title.en,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "since": rule.since,
        "aliases": list(rule.aliases),
        "distribution": entry.origin,
        "options": dict(entry.options),
    }
