"""Measure a test or a part of one, and compare it with its budget."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aegis_cli.api import Block, CodeLocation, Finding, Language, Section, profile
from aegis_pytest.budget import Budget, counts

_BYTES_PER_MB = 1e6
_MOST_LINES = 8
_CALL_SITES = "statements-by-call-site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a test or a part of one took.

    Attributes:
        queries: Statements sent to databases.
        query_ms: Time of these statements, as the program saw it.
        elapsed_s: Elapsed time.
        cpu_s: Processor time of the process.
        peak_mb: Peak of the memory that Python allocated, in millions of bytes; None where it
            was not measured.
        findings: What AEGIS found.
        statements: The statements that were sent most often, with the line that sent them.
    """

    queries: int
    query_ms: float
    elapsed_s: float
    cpu_s: float
    peak_mb: float | None
    findings: tuple[Finding, ...]
    statements: tuple[str, ...]


class Measuring:
    """A measurement under way; `outcome` is there once it has ended."""

    def __init__(self, name: str, *, with_memory: bool) -> None:
        """Name what is measured; memory costs time and is measured only on request."""
        self._block: Block = profile(name)
        self._with_memory = with_memory
        self._peak_mb: float | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure what the `with` holds."""
        with self._block:
            if not self._with_memory:
                yield
                return
            with self._tracing():
                yield

    @contextmanager
    def _tracing(self) -> Iterator[None]:
        was_tracing = tracemalloc.is_tracing()
        if not was_tracing:
            tracemalloc.start(1)
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        try:
            yield
        finally:
            self._peak_mb = (tracemalloc.get_traced_memory()[1] - before) / _BYTES_PER_MB
            if not was_tracing:
                tracemalloc.stop()

    @property
    def outcome(self) -> Measured:
        """Return what was measured."""
        block = self._block
        return Measured(
            queries=block.queries,
            query_ms=block.query_ms,
            elapsed_s=block.elapsed_s,
            cpu_s=block.cpu_s,
            peak_mb=self._peak_mb,
            findings=block.findings,
            statements=tuple(_statements(block.report.sections)),
        )


def excesses(measured: Measured, budget: Budget) -> Iterator[str]:
    """Yield each limit that was exceeded, with what is needed to see why."""
    if budget.max_queries is not None and measured.queries > budget.max_queries:
        listed = "".join(f"\n    {each}" for each in measured.statements)
        yield f"{measured.queries} statements, {budget.max_queries} allowed:{listed}"
    for what, limit, value, unit in (
        ("took", budget.max_seconds, measured.elapsed_s, "s"),
        ("used", budget.max_cpu_seconds, measured.cpu_s, "s of CPU"),
        ("allocated up to", budget.max_mb, measured.peak_mb, "MB"),
    ):
        if limit is not None and value is not None and value > limit:
            yield f"{what} {value:.3g} {unit}, {limit:g} allowed"
    for each in failing(measured, budget):
        yield told(each)


def failing(measured: Measured, budget: Budget) -> tuple[Finding, ...]:
    """Return the findings that fail a test with this budget."""
    return tuple(
        each
        for each in measured.findings
        if counts(each.severity, budget.fail_on)
        and not any(each.rule.answers_to(word) for word in budget.ignore)
    )


def told(finding: Finding) -> str:
    """Return a finding in a few lines: what, where, and what to change."""
    places = [
        f"{each.path}:{each.line}"
        for each in finding.locations
        if isinstance(each, CodeLocation) and each.line is not None
    ]
    where = f"\n    at {places[0]}" if places else ""
    fix = f"\n    {finding.fix.summary.pick(Language.EN)}"
    return f"{finding.rule.code} {finding.message.pick(Language.EN)}{where}{fix}"


def _statements(sections: tuple[Section, ...]) -> Iterator[str]:
    for section in sections:
        if section.id != _CALL_SITES:
            continue
        keys = [each.key for each in section.columns]
        rows = [dict(zip(keys, row, strict=True)) for row in section.rows]
        rows.sort(key=lambda row: -_number(row["calls"]))
        for row in rows[:_MOST_LINES]:
            place = f"  ({row['call_site']})" if row["call_site"] else ""
            yield f"{row['calls']}x  {row['statement']}{place}"
        if len(rows) > _MOST_LINES:
            yield f"and {len(rows) - _MOST_LINES} more"


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0
