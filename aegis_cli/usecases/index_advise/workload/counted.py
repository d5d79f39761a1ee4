"""Take the statements that the server itself counted."""

from datetime import datetime

from aegis_cli.model.facts.snapshot import CountedStatement, SnapshotLack
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.postgres.statements import EXTENSION, StatementSource
from aegis_cli.usecases.index_advise.workload.raw import RawStatement, RawWorkload


def counted_workload(source: StatementSource, taken_at: str) -> RawWorkload:
    """Return the statements of pg_stat_statements, read at a time given in ISO 8601."""
    return RawWorkload(
        statements=tuple(map(_statement, source.statements)),
        window_s=seconds_between(source.since, taken_at),
        skipped=tuple(map(_skipped, source.lacks)),
    )


def seconds_between(since: str | None, until: str) -> float | None:
    """Return the seconds between two times in ISO 8601; None if one is unknown or they swap."""
    if since is None:
        return None
    try:
        elapsed = datetime.fromisoformat(until) - datetime.fromisoformat(since)
    except (ValueError, TypeError):
        return None
    return elapsed.total_seconds() if elapsed.total_seconds() > 0 else None


def _statement(counted: CountedStatement) -> RawStatement:
    return RawStatement(
        text=counted.text,
        calls=float(counted.calls),
        source=EXTENSION,
        total_ms=counted.total_ms,
        rows=float(counted.rows),
        # From PostgreSQL 18 on a list of constants is one parameter and this comment.
        has_folded_lists="/*, ... */" in counted.text,
    )


def _skipped(lack: SnapshotLack) -> Skipped:
    return Skipped(subject=lack.subject, reason=Text.same(lack.reason), hint=Text.same(lack.hint))
