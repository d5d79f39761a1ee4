"""Measure the advice on a database that the user named for it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from aegis_cli.model.facts.index_advice import Advice
from aegis_cli.model.facts.index_workload import (
    ConstantsOrigin,
    IndexWorkload,
    WorkloadStatement,
)
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.facts.verification import (
    IndexToBuild,
    IndexToDrop,
    NotVerified,
    StatementToTime,
    TimedStatement,
    VerificationOutcome,
    VerificationRequest,
)
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Section, Skipped, titled_column, titled_datum
from aegis_cli.model.text import Text

_ORIGINS = (ConstantsOrigin.KNOWN, ConstantsOrigin.SAMPLED)


def verification_request(advice: Advice, workload: IndexWorkload) -> VerificationRequest:
    """Return what to build, what to leave out and what to time: reads, the costliest first."""
    outcomes = {each.fingerprint: each for each in advice.statements}
    reads = [
        each
        for each in workload.statements
        if each.kind is StatementKind.SELECT and each.fingerprint in outcomes
    ]
    reads.sort(key=lambda each: -each.calls * outcomes[each.fingerprint].cost_before)
    return VerificationRequest(
        creates=tuple(
            IndexToBuild(name=each.name, definition=each.definition) for each in advice.creates
        ),
        drops=tuple(
            IndexToDrop(schema=each.table.schema, name=each.index.name) for each in advice.drops
        ),
        statements=tuple(
            StatementToTime(fingerprint=each.fingerprint, text=text)
            for each in reads
            if (text := _runnable(each)) is not None
        ),
    )


def with_measurements(advice: Advice, outcome: VerificationOutcome) -> Advice:
    """Return the advice, each index with the times of the statements that used it."""
    return replace(
        advice,
        creates=tuple(
            replace(
                each,
                measured=tuple(
                    timed for timed in outcome.statements if each.name in timed.indexes_used
                ),
            )
            for each in advice.creates
        ),
    )


def verification_section(outcome: VerificationOutcome, names: Mapping[str, str]) -> Section:
    """Return the measured times; `names` gives the normalized statement of a fingerprint."""
    return Section(
        id="verification",
        title=Text(en="Measured on the clone", ko="복제본에서 측정"),
        data=(
            titled_datum("server", "Server", "서버", outcome.server),
            titled_datum(
                "indexes_built", "Indexes built", "만든 인덱스", len(outcome.built), Unit.COUNT
            ),
            titled_datum(
                "real_size_bytes",
                "Real size",
                "실제 크기",
                sum(each.size_bytes for each in outcome.built),
                Unit.BYTES,
            ),
            titled_datum(
                "regressions",
                "Statements that got slower",
                "느려진 문장",
                len(outcome.regressions),
                Unit.COUNT,
            ),
            titled_datum("elapsed_s", "Time taken", "걸린 시간", outcome.elapsed_s, Unit.SECONDS),
        ),
        columns=_COLUMNS,
        rows=tuple(_row(each, names) for each in outcome.statements),
    )


def not_verified(outcome: VerificationOutcome) -> Iterator[Skipped]:
    """Yield what could not be built or timed."""
    for each in outcome.not_verified:
        yield _skipped(each)


def _runnable(statement: WorkloadStatement) -> str | None:
    """Return the most frequent text whose constants are all in place."""
    texts = [each for each in statement.texts if each.constants in _ORIGINS]
    return max(texts, key=lambda each: each.share).text if texts else None


def _skipped(lack: NotVerified) -> Skipped:
    return Skipped(subject=lack.subject, reason=Text.same(lack.reason), hint=Text.same(lack.hint))


_COLUMNS = (
    titled_column("statement", "Statement", "문장"),
    titled_column("without_ms", "Without", "인덱스 없이", Unit.MS),
    titled_column("with_ms", "With", "인덱스 사용", Unit.MS),
    titled_column("ratio", "Ratio", "비율", Unit.RATIO),
    titled_column("ratio_low", "from", "하한", Unit.RATIO),
    titled_column("ratio_high", "to", "상한", Unit.RATIO),
    titled_column("verdict", "Verdict", "판정"),
    titled_column("indexes_used", "Uses", "사용한 인덱스"),
    titled_column("rounds", "Rounds", "측정 횟수", Unit.COUNT),
    titled_column("cost_without", "Cost without", "이전 비용", Unit.COST),
    titled_column("cost_with", "Cost with", "이후 비용", Unit.COST),
    titled_column("fingerprint", "Fingerprint", "지문"),
)


def _row(timed: TimedStatement, names: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        names.get(timed.fingerprint, timed.fingerprint),
        timed.without_ms,
        timed.with_ms,
        timed.ratio,
        timed.ratio_low,
        timed.ratio_high,
        timed.verdict.value,
        ", ".join(timed.indexes_used) or None,
        timed.rounds,
        timed.cost_without,
        timed.cost_with,
        timed.fingerprint,
    )
