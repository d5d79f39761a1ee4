"""Patterns of .gitignore files: which paths a project itself does not count as its own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(r"\*\*/|/\*\*|\*\*|\*|\?|\[!?[^\]]+\]|[^*?\[]+|\[")
_MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One line of a file."""

    matches: re.Pattern[str]
    is_negated: bool
    is_for_folders: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreFile:
    """The patterns of one folder's file; paths are judged relative to that folder."""

    folder: str
    patterns: tuple[Pattern, ...]


def read_ignore_file(folder: Path) -> IgnoreFile | None:
    """Return the patterns of a folder's .gitignore; None without one that can be read."""
    try:
        with (folder / ".gitignore").open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    patterns = tuple(_patterns(text.splitlines()))
    return IgnoreFile(folder=str(folder), patterns=patterns) if patterns else None


def is_ignored(path: str, *, is_folder: bool, files: Sequence[IgnoreFile]) -> bool:
    """Tell whether the last pattern that matches a path excludes it; `files` are outermost first.

    See gitignore(5): a later pattern overrides an earlier one, and so does an inner file.
    """
    verdict = False
    for file in files:
        relative = path[len(file.folder) :].lstrip("/")
        for pattern in file.patterns:
            if pattern.is_for_folders and not is_folder:
                continue
            if pattern.matches.fullmatch(relative):
                verdict = not pattern.is_negated
    return verdict


def _patterns(lines: Iterable[str]) -> Iterable[Pattern]:
    for line in lines:
        text = line.rstrip()
        if not text or text.startswith("#"):
            continue
        is_negated = text.startswith("!")
        bare = text.removeprefix("!").removeprefix("\\")
        is_for_folders = bare.endswith("/")
        bare = bare.rstrip("/")
        if bare:
            yield Pattern(
                matches=_compiled(bare), is_negated=is_negated, is_for_folders=is_for_folders
            )


def _compiled(pattern: str) -> re.Pattern[str]:
    is_anchored = "/" in pattern
    body = "".join(_translated(each) for each in _TOKEN.findall(pattern.lstrip("/")))
    try:
        return re.compile(body if is_anchored else f"(?:.*/)?{body}", re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))


def _translated(token: str) -> str:
    known = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in known:
        return known[token]
    if token.startswith("[") and token.endswith("]"):
        inner = token[1:-1].replace("\\", "\\\\")
        return f"[{'^' + inner[1:] if inner.startswith('!') else inner}]"
    return re.escape(token)
