"""Where a finding is: code, log, database object or endpoint."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLocation:
    """A place in source code."""

    path: str
    line: int | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLocation:
    """An entry of a log; `at` is ISO 8601 as far as the log tells."""

    path: str
    line: int
    at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectLocation:
    """A database object, key pattern or queue, named from the outside in."""

    server: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointLocation:
    """An HTTP endpoint."""

    method: str
    url: str


Location: TypeAlias = CodeLocation | LogLocation | ObjectLocation | EndpointLocation
