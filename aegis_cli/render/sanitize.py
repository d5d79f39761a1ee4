"""Text from outside, made harmless: once for every format, then for each format's own syntax.

Every renderer starts with `clean_report`, so no field of a report can be forgotten; the other
functions here escape the cleaned text for one syntax each.
"""

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from urllib.parse import quote

from aegis_cli.model.report import Report

# ECMA-48: control sequences, strings up to their terminator, then the two-character rest.
# A string without terminator loses its introducer only, so that it cannot hide what follows.
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x08\x0a-\x1f\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_LINE_BREAK = re.compile(r"\r\n?")
_BLANK = re.compile(r"[\x0b\x0c\u2028\u2029]")
# C0 and C1 controls, soft hyphen, zero-width and bidirectional controls, language tags.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# No valid UTF-8 (surrogates) or no valid XML 1.0 (the last two code points of the plane).
_NOT_TEXT = re.compile(r"[\ud800-\udfff\ufffe\uffff]")

_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
_MARKDOWN_LINE_START = re.compile(r"^([-+=#]|\d+(?=[.)](?:\s|$)))")
_MARKDOWN_AUTOLINK = re.compile(r"(?<=[@#])(?=\w)|(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=\bmailto)(?=:)")
_BACKTICKS = re.compile(r"`+")


def clean(text: str) -> str:
    """Strip escape sequences and invisible characters; line breaks become newlines."""
    visible = _ESCAPE_SEQUENCE.sub("", text)
    visible = _BLANK.sub(" ", _LINE_BREAK.sub("\n", visible))
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", _INVISIBLE.sub("", visible))


def one_line(text: str) -> str:
    """Clean the text and fold all its white space to single spaces."""
    return " ".join(clean(text).split())


def clean_report(report: Report) -> Report:
    """Clean every string of the report, wherever it stands."""
    cleaned = _clean_value(report)
    assert isinstance(cleaned, Report)
    return cleaned


def _clean_value(value: object) -> object:
    """Clean strings at any depth of tuples and dataclasses; leave everything else alone."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(_clean_value(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: _clean_value(getattr(value, field.name)) for field in fields(value)}
        return replace(value, **parts)
    return value


def markdown_text(text: str) -> str:
    """Escape prose for Markdown: no emphasis, link, HTML, table cell, mention or autolink."""
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # The entity is a zero-width space; it keeps GitHub from linking URLs, people and numbers.
    # A character reference of ours must not itself look like an issue number, so it goes last.
    line = _MARKDOWN_SPECIAL.sub(r"\\\1", line)
    line = _MARKDOWN_AUTOLINK.sub("&ZeroWidthSpace;", line)
    return _MARKDOWN_LINE_START.sub(_escape_line_start, line)


def _escape_line_start(match: re.Match[str]) -> str:
    """Keep a line from starting a list, a heading or an underline."""
    start = match.group(1)
    return f"{start}&ZeroWidthSpace;" if start.isdigit() else f"\\{start}"


def markdown_code(text: str) -> str:
    """Quote text as a Markdown code span that nothing inside can end, also in a table."""
    line = one_line(text).replace("|", "\\|")
    if not line:
        return ""
    fence = "`" * (_longest_backticks(line) + 1)
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def markdown_block(text: str, language: str = "") -> str:
    """Quote text as a fenced Markdown block that nothing inside can end."""
    body = clean(text).strip("\n")
    fence = "`" * max(3, _longest_backticks(body) + 1)
    info = re.sub(r"[^a-z0-9+-]", "", language.lower())
    return f"{fence}{info}\n{body}\n{fence}"


def _longest_backticks(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def workflow_message(text: str) -> str:
    """Escape the message of a GitHub workflow command."""
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """Escape a property of a GitHub workflow command, such as a title or a file."""
    return workflow_message(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def file_uri(path: str) -> str:
    """Return a path as a URI reference: relative paths stay relative, others become file URIs."""
    encoded = quote(clean(path).replace("\\", "/").removeprefix("./"), safe="/-._~")
    if encoded.startswith("/"):
        return f"file:///{encoded.lstrip('/')}"
    return encoded or "."
