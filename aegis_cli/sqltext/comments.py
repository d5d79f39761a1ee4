"""Read the tags that frameworks write into comments: sqlcommenter's and marginalia's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from urllib.parse import unquote

# Before Python 3.11.5 a possessive group whose body fails midway stops at a wrong place
# (gh-106052); an atomic group around a plain one does not.
_KEY = r"[A-Za-z][\w.\-]*"
_PAIR = re.compile(
    rf"(?:^|(?<=[,\s]))(?P<key>{_KEY})\s*"
    r"(?:=\s*'(?P<quoted>(?:[^'\\]++|\\.?)*+)'?"
    r"|=\s*(?P<bare>[^,']*+)"
    rf"|:\s*(?P<plain>(?>(?:[^,]++|,(?!\s*{_KEY}\s*[:=]))*)))",
    re.DOTALL,
)
_PASSING = re.compile(
    r"(?:^|,)\s*(?:traceparent|tracestate|trace[_.\-]?id|span[_.\-]?id|dd[\w.\-]*id"
    r"|(?:x[_\-])?request[_.\-]?id|correlation[_.\-]?id|session[_.\-]?id|uuid|pid|tid|jid"
    r"|job[_.\-]?id|user[_.\-]?id|timestamp)\s*"
    rf"(?:=\s*'(?:[^'\\]++|\\.?)*+'?|=[^,]*+|:(?>(?:[^,]++|,(?!\s*{_KEY}\s*[:=]))*))",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = re.compile(r"^\s*/\*+|\*+/\s*$")
_BETWEEN = re.compile(r"\*/\s*/\*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FIELDS_BY_KEY = {
    "application": "application",
    "app": "application",
    "app_name": "application",
    "service": "application",
    "service_name": "application",
    "framework": "framework",
    "controller": "controller",
    "controller_with_namespace": "controller",
    "action": "action",
    "job": "action",
    "route": "route",
    "file": "file",
    "filepath": "file",
    "code_filepath": "file",
    "code_file_path": "file",
    "source_location": "file",
    "line": "line",
    "lineno": "line",
    "code_lineno": "line",
    "code_line_number": "line",
    "function": "function",
    "func": "function",
    "code_function": "function",
    "code_function_name": "function",
    "db_driver": "db_driver",
    "traceparent": "trace_id",
    "trace_id": "trace_id",
    "request_id": "request_id",
    "x_request_id": "request_id",
}
_PLACE = re.compile(r"(?P<file>.*?[^\d:].*?):(?P<line>\d+)(?::in\s+[`'\"]?(?P<function>[^`'\"]+))?")
_TRACE_PARENT = re.compile(r"[0-9a-fA-F]{2}-(?P<trace>[0-9a-fA-F]{32})-[0-9a-fA-F]{16}-.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTags:
    """Say where in an application a statement came from."""

    application: str | None = None
    framework: str | None = None
    controller: str | None = None
    action: str | None = None
    route: str | None = None
    file: str | None = None
    line: str | None = None
    function: str | None = None
    db_driver: str | None = None
    trace_id: str | None = None
    request_id: str | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether the comment named nothing that we know."""
        return all(getattr(self, each.name) is None for each in fields(self))


def parse_tags(comment: str) -> StatementTags:
    """Return the tags in a comment, whose marks may be missing; the first of a kind counts."""
    tags: dict[str, str] = {}
    for key, value in _pairs(_inside(comment)):
        name = _FIELDS_BY_KEY.get(key.lower().replace("-", "_").replace(".", "_"))
        if name is not None and value:
            for part, found in _parts(name, value):
                tags.setdefault(part, found)
    return StatementTags(**tags)


def stable(comment: str) -> str:
    """Return a comment without the tags that differ from request to request."""
    return _PASSING.sub("", _inside(comment)).lstrip(", \t\r\n").rstrip()


def _inside(comment: str) -> str:
    return _BETWEEN.sub(",", _MARKS.sub("", comment)).strip()


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for found in _PAIR.finditer(text):
        quoted = found["quoted"]
        if quoted is not None:
            yield found["key"], unquote(_ESCAPED.sub(r"\1", quoted)).strip()
        else:
            yield found["key"], (found["bare"] or found["plain"] or "").strip()


def _parts(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the fields that a value fills: `app/models.py:12:in 'save'` fills three."""
    if name == "trace_id":
        parent = _TRACE_PARENT.fullmatch(value)
        yield name, parent["trace"] if parent else value
        return
    place = _PLACE.fullmatch(value.rstrip("'`\"")) if name in ("file", "line") else None
    if place is None:
        yield name, value
        return
    yield from ((key, found) for key, found in place.groupdict().items() if found)
