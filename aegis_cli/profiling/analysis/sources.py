"""The source behind recorded lines, as it stands in the files now."""

import inspect
import tokenize
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

from aegis_cli.engine.masking import mask_passwords
from aegis_cli.model.facts.hot_spots import LineTime

_LONGEST_FUNCTION = 300
_LARGEST_FILE = 4 * 1024 * 1024
_LONGEST_LINE = 500
_MODULE = "<module>"


class SourceFiles:
    """Reads files once; a file that changed after a moment is not what ran, and stays untold."""

    def __init__(self, folder: Path, unchanged_since_s: float) -> None:
        """Look up relative paths in a folder; the moment is in seconds since 1970."""
        self._folder = folder
        self._since_s = unchanged_since_s
        self._files: dict[str, tuple[str, ...]] = {}
        self._changed: set[str] = set()

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the files that were asked for and changed meanwhile."""
        return tuple(sorted(self._changed))

    def with_source(self, line: LineTime) -> LineTime:
        """Return a line with its text and that of its function, as far as they can be told."""
        lines = self._lines(line.function.path)
        if not 0 < line.line <= len(lines):
            return line
        first, block = _block(lines, line.function.name, line.function.first_line)
        is_inside = first <= line.line < first + len(block)
        return replace(
            line,
            source=mask_passwords(lines[line.line - 1].strip()[:_LONGEST_LINE]),
            function_source=mask_passwords(dedent("".join(block))) if is_inside else "",
            line_in_function=line.line - first + 1 if is_inside else 0,
        )

    def _lines(self, path: str) -> tuple[str, ...]:
        if path not in self._files:
            self._files[path] = self._read(path)
        return self._files[path]

    def _read(self, path: str) -> tuple[str, ...]:
        full = self._folder / path
        try:
            status = full.stat()
            if status.st_mtime > self._since_s:
                self._changed.add(path)
                return ()
            if status.st_size > _LARGEST_FILE:
                return ()
            with tokenize.open(full) as file:
                return tuple(file)
        except (OSError, SyntaxError, ValueError):  # gone, in no known encoding, or no file at all
            return ()


def _block(lines: tuple[str, ...], name: str, first: int) -> tuple[int, list[str]]:
    """Return the first line of a function and all its lines; none of them if it is long."""
    if name == _MODULE:
        return 1, list(lines) if len(lines) <= _LONGEST_FUNCTION else []
    if not 0 < first <= len(lines):
        return first, []
    try:
        block = inspect.getblock(list(lines[first - 1 : first - 1 + _LONGEST_FUNCTION]))
    except (SyntaxError, IndentationError, tokenize.TokenError):  # the end is cut off
        return first, []
    return first, list(block)
