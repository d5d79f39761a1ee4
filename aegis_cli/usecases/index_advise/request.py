"""What to advise on, and how."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from aegis_cli.indexing.limits import Limits
from aegis_cli.model.errors import UsageError
from aegis_cli.model.report import Report
from aegis_cli.sources.postgres.verification.limits import VerificationLimits
from aegis_cli.usecases.index_advise.targets import Target, target_of


class WhatIf(StrEnum):
    """Who answers what an index would change."""

    TWIN = "twin"
    """A throw-away server with the target's schema and statistics."""
    HYPOPG = "hypopg"
    """The extension HypoPG on the target itself."""


class Spelling(StrEnum):
    """How proposed indexes are written besides DDL."""

    DDL = "ddl"
    DJANGO = "django"
    SQLALCHEMY = "sqlalchemy"


class Outcome(StrEnum):
    """How the examination ended."""

    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    UNEXAMINED = "unexamined"
    """No statement could be planned; the report says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One run of the advisor."""

    dsn: str | None = None
    snapshot: Path | None = None
    save_snapshot: Path | None = None
    redact: bool = False
    workload: tuple[str, ...] = ()
    """Paths, or `-` for stdin."""
    pg_stat_statements: bool | None = None
    """None: only when there is no other workload."""
    limits: Limits = field(default_factory=Limits)
    only: tuple[str, ...] = ()
    """Tables as the user names them, with or without their schema; empty stands for all."""
    exclude: tuple[str, ...] = ()
    what_if: WhatIf = WhatIf.TWIN
    sample_rows: bool = False
    """Whether some rows of the target's tables may be read to correct the sizes of indexes."""
    twin_bindir: Path | None = None
    """Where the twin's programs are; None: wherever they are found."""
    spelling: Spelling = Spelling.DDL
    models: tuple[str, ...] = ()
    verify: str | None = None
    """Connection string of a clone on which the advice is built and measured."""
    may_verify_target: bool = False
    """Whether that may be the target itself; only for a database made for it, as the demo's."""
    verification_limits: VerificationLimits = field(default_factory=VerificationLimits)
    show_literals: bool = False

    @property
    def wants_counted(self) -> bool:
        """Tell whether the statements that the server counted belong to the workload."""
        return not self.workload if self.pg_stat_statements is None else self.pg_stat_statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The report, and how the examination ended."""

    report: Report
    ending: Outcome = Outcome.COMPLETE


def check(request: Request) -> None:
    """Refuse combinations that mean nothing.

    Raises:
        UsageError: with what to do instead.
    """
    problems = (
        (
            request.dsn is not None and request.snapshot is not None,
            "--snapshot",
            "a snapshot stands for the database",
            "Leave out either --snapshot or --dsn (and AEGIS_DSN).",
        ),
        (
            request.redact and request.save_snapshot is None,
            "--redact",
            "only a snapshot that is saved can be redacted",
            "Add --save-snapshot FILE.",
        ),
        (
            request.snapshot is not None and request.what_if is WhatIf.HYPOPG,
            "--what-if hypopg",
            "HypoPG answers on a live database, not from a snapshot",
            "Name the database with --dsn, or leave out --what-if.",
        ),
        (
            request.sample_rows and target_of(request.dsn) is not Target.POSTGRESQL,
            "--sample-rows",
            "rows are read of a live PostgreSQL only",
            "Name the database with --dsn, or leave out --sample-rows.",
        ),
        (
            request.dsn is None and request.snapshot is None and not request.workload,
            "",
            "nothing to advise on",
            "Name a database with --dsn (or AEGIS_DSN), a --snapshot, or a log with plans.",
        ),
    )
    for is_wrong, subject, reason, hint in problems:
        if is_wrong:
            raise UsageError(subject, reason, hint)
