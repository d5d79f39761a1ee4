"""EXA001: a statement without a tag in an application that tags nearly everything else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from aegis_cli.api import (
    Basis,
    Confidence,
    Detector,
    Finding,
    Fix,
    FixKind,
    Impact,
    Options,
    QuerySample,
    Rule,
    RunContext,
    Severity,
    StatementProfile,
    Text,
    Unit,
    measured,
)

_US_PER_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class UntaggedStatementOptions(Options):
    """Thresholds of EXA001."""

    min_tagged_share: float = 0.8
    """Part of the workload's time that must carry tags before their absence means something."""
    min_time_share: float = 0.05
    """Part of the workload's time that the statement itself must take."""


class UntaggedStatement(Detector[StatementProfile]):
    """Listens to the profiles of all statements and compares them at the end."""

    rule = Rule(
        code="EXA001",
        name="untagged-statement",
        section="5.2",
        title=Text(en="A statement without a tag", ko="태그가 없는 SQL 문"),
        severity=Severity.LOW,
        confidence=Confidence.MEDIUM,
        since="0.1.0",
    )
    consumes = StatementProfile
    options_type: ClassVar[type[Options]] = UntaggedStatementOptions

    def __init__(self, options: Options, context: RunContext) -> None:
        """Start without having seen anything."""
        super().__init__(options, context)
        assert isinstance(options, UntaggedStatementOptions)
        self.options = options
        self._tagged_share = 0.0
        self._untagged: list[StatementProfile] = []

    def observe(self, fact: StatementProfile) -> Iterable[Finding]:
        """Remember untagged statements that take a noticeable part of the time."""
        if any(not each.is_empty for each in fact.attributions):
            self._tagged_share += fact.share
        elif fact.share >= self.options.min_time_share and not _is_control(fact):
            self._untagged.append(fact)
        return ()

    def finish(self) -> Iterator[Finding]:
        """Report them if most of the workload is tagged."""
        if self._tagged_share >= self.options.min_tagged_share:
            for profile in self._untagged:
                yield self._report(profile)

    def _report(self, profile: StatementProfile) -> Finding:
        share = f"{profile.share:.0%}"
        return self.finding(
            message=Text(
                en=f"{share} of the time goes to a statement that no route or line is known for",
                ko=f"전체 시간의 {share}가 호출 위치를 알 수 없는 SQL 문에 쓰입니다",
            ),
            identity=(profile.statement.fingerprint,),
            locations=(profile.slowest,) if profile.slowest is not None else (),
            evidence=(
                QuerySample(
                    role="untagged",
                    fingerprint=profile.statement.fingerprint,
                    statement=profile.statement.text,
                ),
                measured("calls", profile.calls, Unit.CALLS),
                measured("total_time", profile.total_us / _US_PER_MS, Unit.MS),
                measured("tagged_share", self._tagged_share, Unit.RATIO, "of the workload's time"),
            ),
            impact=Impact(basis=Basis.MEASURED),
            fix=self._fix(),
        )

    def _fix(self) -> Fix:
        return Fix(
            summary=Text(
                en="Send this statement through the connection that adds sqlcommenter tags.",
                ko="sqlcommenter 태그를 붙이는 연결을 통해 이 SQL 문을 실행하세요.",
            ),
            kind=FixKind.ADVICE,
            text="",
            recheck=self.context.recheck,
        )


def _is_control(profile: StatementProfile) -> bool:
    return profile.statement.shape.is_transaction_control
