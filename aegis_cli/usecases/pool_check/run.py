"""Examine the connections of every server that was named, and put the report together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.engine.masking import mask_passwords
from aegis_cli.engine.origin import NO_ORIGINS, Origin
from aegis_cli.engine.pipeline import run
from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.pools import RefusedConnection
from aegis_cli.model.report import Report, Section, Skipped
from aegis_cli.model.text import Text
from aegis_cli.usecases.pool_check.looks import Fleet, Watched, budget
from aegis_cli.usecases.pool_check.sections import sections
from aegis_cli.usecases.pool_check.watching import Pace, watch

COMMAND = "pool-check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which servers to look at, and what their application is configured to open."""

    dsns: tuple[str, ...]
    pace: Pace
    fleet: Fleet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The report, and whether any server was examined."""

    report: Report
    is_blind: bool


def pool_check(
    request: Request,
    detectors: Sequence[AnyDetector],
    clock: Callable[[], datetime],
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
) -> Answer:
    """Look at the connections of each server, one after the other.

    A server that cannot be examined is part of the report.

    Raises:
        UsageError: A text is no connection string.
        SourceError: There is one server, and it cannot be examined.
    """
    started_at = clock()
    seen: list[Watched | RefusedConnection] = []
    lacks: list[Skipped] = []
    for dsn in request.dsns:
        try:
            seen.append(watch(dsn, request.pace))
        except SourceError as error:
            if len(request.dsns) == 1:
                raise
            lacks.append(_unexamined(error))
    outcome = run(_facts(seen, request.fleet), detectors, origins=origins)
    report = Report(
        command=COMMAND,
        inputs=tuple(mask_passwords(each) for each in request.dsns),
        started_at=started_at,
        elapsed_s=(clock() - started_at).total_seconds(),
        findings=outcome.findings,
        sections=(*outcome.sections, *_sections(seen)),
        skipped=(*lacks, *_lacks(seen), *outcome.skipped),
    )
    return Answer(report=report, is_blind=not seen)


def _facts(seen: Sequence[Watched | RefusedConnection], fleet: Fleet | None) -> Iterator[object]:
    for each in seen:
        if isinstance(each, RefusedConnection):
            yield each
            continue
        yield each.snapshot
        yield from each.pools
        if fleet is not None:
            yield budget(each.snapshot, fleet)


def _sections(seen: Sequence[Watched | RefusedConnection]) -> Iterator[Section]:
    for each in seen:
        if isinstance(each, Watched):
            yield from sections(each)


def _unexamined(error: SourceError) -> Skipped:
    return Skipped(
        subject=error.subject,
        reason=Text.same(error.reason),
        hint=Text.same(error.hint or ""),
    )


def _lacks(seen: Sequence[Watched | RefusedConnection]) -> Iterator[Skipped]:
    for each in seen:
        if isinstance(each, RefusedConnection):
            yield _not_let_in(each)
        elif each.snapshot.waiters_left_out:
            yield _left_out(each.snapshot.server, each.snapshot.waiters_left_out)


def _not_let_in(refused: RefusedConnection) -> Skipped:
    return Skipped(
        subject=refused.server,
        reason=Text(
            en="no session was seen: the server gives no connection",
            ko="서버가 커넥션을 주지 않아 세션을 보지 못했습니다",
        ),
        hint=Text(
            en="Run it again when a connection is free, or as a role with reserved slots.",
            ko="커넥션이 비었을 때, 또는 예약 슬롯을 쓰는 역할로 다시 실행하세요.",
        ),
    )


def _left_out(server: str, waiters: int) -> Skipped:
    return Skipped(
        subject=server,
        reason=Text(
            en=f"{waiters} more sessions wait for a lock; whom they wait for was not asked",
            ko=f"잠금을 기다리는 세션 {waiters}개가 더 있지만, 누구를 기다리는지는 묻지 않았습니다",
        ),
        hint=Text(
            en="The question holds up the lock manager; resolve the chains shown first.",
            ko="이 질문은 잠금 관리자를 붙잡습니다. 먼저 보이는 대기부터 해결하세요.",
        ),
    )
