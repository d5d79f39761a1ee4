"""Findings the user does not want to see at a place: by path pattern or by a comment there."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aegis_cli.engine.selection import answers_to_any
from aegis_cli.model.finding import Finding
from aegis_cli.model.location import CodeLocation, Location, LogLocation
from aegis_cli.model.rule import Rule

ReadLines = Callable[[str], Sequence[str]]
"""Returns the lines of a source file, none where it cannot be read."""

# `# aegis: ignore[AEG1103, deep-offset]`; without brackets it silences every rule of the line.
_OWN_COMMENT = re.compile(r"#\s*aegis:\s*ignore(?:\[([^\]]*)\])?", re.IGNORECASE)
# A bare noqa comment belongs to other linters; only one that names a rule of ours counts.
_NOQA = re.compile(r"#\s*noqa:\s*([A-Za-z][\w-]*(?:[\s,]+[A-Za-z][\w-]*)*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathIgnore:
    """Rules that are not reported for paths that match a pattern."""

    pattern: str
    selectors: tuple[str, ...]


def is_suppressed(finding: Finding, ignores: Iterable[PathIgnore], read_lines: ReadLines) -> bool:
    """Tell whether a path pattern or a comment on the line silences the finding.

    Only the primary location counts: a related place must not hide the problem.
    """
    if not finding.locations:
        return False
    primary = finding.locations[0]
    return _is_ignored_path(finding.rule, primary, ignores) or (
        isinstance(primary, CodeLocation) and _has_comment(finding.rule, primary, read_lines)
    )


def matches(path: str, pattern: str) -> bool:
    """Tell whether a path matches a glob; `**` crosses folders, a bare name matches anywhere."""
    anchored = pattern if "/" in pattern else f"**/{pattern}"
    return re.fullmatch(_translate(anchored), _normal(path)) is not None


def _is_ignored_path(rule: Rule, location: Location, ignores: Iterable[PathIgnore]) -> bool:
    if not isinstance(location, CodeLocation | LogLocation):
        return False
    return any(
        matches(location.path, each.pattern) and answers_to_any(rule, each.selectors)
        for each in ignores
    )


def _has_comment(rule: Rule, location: CodeLocation, read_lines: ReadLines) -> bool:
    lines = read_lines(location.path) if location.line else ()
    if not location.line or location.line > len(lines):
        return False
    return silences(lines[location.line - 1], rule)


def silences(line: str, rule: Rule) -> bool:
    """Tell whether a comment on this source line silences the rule."""
    own = _OWN_COMMENT.search(line)
    if own is not None and (own[1] is None or answers_to_any(rule, _words(own[1]))):
        return True
    noqa = _NOQA.search(line)
    return noqa is not None and rule.code in (each.upper() for each in _words(noqa[1]))


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def _normal(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")


def _translate(pattern: str) -> str:
    """Turn a glob into a regular expression; `*` and `?` stop at a slash."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", _normal(pattern))
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(meaning.get(part, re.escape(part)) for part in parts)
