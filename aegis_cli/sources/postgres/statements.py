"""What ran on a database, from pg_stat_statements."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aegis_cli.model.facts.snapshot import CountedStatement, SnapshotLack
from aegis_cli.sources.postgres.capabilities import Capabilities
from aegis_cli.sources.postgres.query_files import is_ours
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession

EXTENSION = "pg_stat_statements"
MOST_STATEMENTS = 2000
_PRELOAD = "shared_preload_libraries = 'pg_stat_statements'"
_HIDDEN_TEXT = "<insufficient privilege>"
_FIRST_TIMES, _FIRST_INFO = (1, 8), (1, 9)
# Comments and opening parentheses before the first word of what a planner plans.
_PLANNED = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|VALUES|TABLE)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSource:
    """The statements of a database, the most expensive first."""

    statements: tuple[CountedStatement, ...] = ()
    since: str | None = None
    """When counting began, ISO 8601; None where the server (before 14) does not tell."""
    lacks: tuple[SnapshotLack, ...] = ()


def read_statements(
    session: ReadOnlySession, capabilities: Capabilities, *, most: int = MOST_STATEMENTS
) -> StatementSource:
    """Return what ran, without utility statements and our own.

    That nothing can be read is a lack, not an error.

    Args:
        session: The target.
        capabilities: Whether the extension is there.
        most: How many statements, by total time.

    Raises:
        SourceError: The server is lost.
    """
    problem = _problem(capabilities)
    if problem is not None:
        return StatementSource(lacks=(problem,))
    with session.group():
        session.query("statements_schema")
        rows = session.query("statements", {"most": most})
        info = _info(session, capabilities)
    readable = [each for each in rows if _is_readable(each)]
    return StatementSource(
        statements=tuple(_statement(each) for each in readable if _is_theirs(each)),
        since=info.optional_text("since") if info else None,
        lacks=(*_text_lacks(rows, readable), *_limit_lacks(rows), *_eviction_lacks(info)),
    )


def _problem(capabilities: Capabilities) -> SnapshotLack | None:
    """Return why there is nothing to read, and what to do about it."""
    extension = capabilities.extension(EXTENSION)
    if extension is None:
        reason = "the extension is not installed in this database"
        hint = f"CREATE EXTENSION {EXTENSION}; or give a log or a file of statements."
        if not capabilities.preloads_statements:
            hint = f"Set {_PRELOAD}, restart, then {hint}"
        return SnapshotLack(subject=EXTENSION, reason=reason, hint=hint)
    if not capabilities.preloads_statements:
        reason = "the extension is installed but was not loaded when the server started"
        return SnapshotLack(subject=EXTENSION, reason=reason, hint=f"Set {_PRELOAD} and restart.")
    if _version(extension.version) < _FIRST_TIMES:
        reason = f"version {extension.version} of the extension is older than the server's"
        hint = f"ALTER EXTENSION {EXTENSION} UPDATE;"
        return SnapshotLack(subject=EXTENSION, reason=reason, hint=hint)
    return None


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", text))


def _info(session: ReadOnlySession, capabilities: Capabilities) -> Record | None:
    extension = capabilities.extension(EXTENSION)
    if extension is None or _version(extension.version) < _FIRST_INFO:
        return None
    (info,) = session.query("statements_info")
    return info


def _is_readable(row: Record) -> bool:
    return row.optional_text("text") not in {None, _HIDDEN_TEXT}


def _is_theirs(row: Record) -> bool:
    text = row.text("text")
    return not is_ours(text) and _PLANNED.match(text) is not None


def _statement(row: Record) -> CountedStatement:
    return CountedStatement(
        query_id=row.text("query_id"),
        text=row.text("text"),
        calls=row.integer("calls"),
        total_ms=row.number("total_ms"),
        rows=row.integer("rows"),
        role=row.optional_text("role"),
    )


def _text_lacks(rows: Sequence[Record], readable: Sequence[Record]) -> list[SnapshotLack]:
    hidden = len(rows) - len(readable)
    if not hidden:
        return []
    return [
        SnapshotLack(
            subject=f"{hidden} of {len(rows)} statements in {EXTENSION}",
            reason="their texts are hidden: other roles ran them",
            hint="GRANT pg_read_all_stats TO the role that AEGIS connects as.",
        )
    ]


def _limit_lacks(rows: Sequence[Record]) -> list[SnapshotLack]:
    total = rows[0].integer("total") if rows else 0
    if total <= len(rows):
        return []
    all_ms = rows[0].number("all_ms")
    share = sum(each.number("total_ms") for each in rows) / all_ms if all_ms else 1.0
    return [
        SnapshotLack(
            subject=f"{total - len(rows)} of {total} statements in {EXTENSION}",
            reason=f"only the {len(rows)} with most time were read, {share:.1%} of the time",
            hint="",
        )
    ]


def _eviction_lacks(info: Record | None) -> list[SnapshotLack]:
    evictions = info.integer("evictions") if info else 0
    if not evictions:
        return []
    return [
        SnapshotLack(
            subject=EXTENSION,
            reason=f"rarely run statements were forgotten {evictions} times for want of room",
            hint="Raise pg_stat_statements.max; counts of rare statements are too low.",
        )
    ]
