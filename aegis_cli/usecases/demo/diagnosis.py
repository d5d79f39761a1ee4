"""Run the shop on a throw-away server and explain the log that the server wrote."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.engine.origin import NO_ORIGINS, Origin
from aegis_cli.model.errors import OutputError
from aegis_cli.model.report import Report
from aegis_cli.model.text import Text
from aegis_cli.usecases.demo.advice import ADVICE_FACTS, advise_shop, with_advice
from aegis_cli.usecases.demo.backend import BackendRun
from aegis_cli.usecases.demo.shop import serve_shop, start_shop
from aegis_cli.usecases.explain_queries.run import Request, explain_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The report on the shop, and what really ran."""

    report: Report
    run: BackendRun


def diagnose_shop(
    detectors: Sequence[AnyDetector],
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
    tell: Callable[[Text], None],
    keep_log: Path | None = None,
    show_literals: bool = False,
) -> Diagnosis:
    """Return what `explain-queries` says about the shop; nothing is left running.

    Raises:
        SourceUnavailable: No server can be started here.
        OutputError: The log could not be kept.
    """
    tell(Text(en="starting an embedded PostgreSQL", ko="내장 PostgreSQL을 시작합니다"))
    with start_shop() as server:
        tell(
            Text(
                en="running a small shop with planted faults",
                ko="결함을 심어 둔 작은 쇼핑몰을 실행합니다",
            )
        )
        run = serve_shop(server)
        (written,) = server.log_files()
        # Starting the server again begins a new log.
        log = server.directory / written.name
        shutil.copyfile(written, log)
        if keep_log is not None:
            _keep(log, keep_log)
        tell(Text(en="explaining the server's log", ko="서버 로그를 분석합니다"))
        advisers = [each for each in detectors if each.consumes in ADVICE_FACTS]
        answer = explain_queries(
            Request(
                logs=(str(log),),
                show_literals=show_literals,
                shown_as=str(keep_log) if keep_log is not None else log.name,
            ),
            [each for each in detectors if each not in advisers],
            lambda: datetime.now(UTC),
            origins=origins,
        )
        tell(
            Text(
                en="asking a planner twin for the missing index, and building it to measure",
                ko="플래너 쌍둥이에 없는 인덱스를 묻고 실제로 만들어 측정합니다",
            )
        )
        server.restart({"log_min_duration_statement": -1})
        advised = advise_shop(server, log, advisers)
    report = with_advice(answer.report, advised)
    return Diagnosis(report=replace(report, command="demo"), run=run)


def _keep(log: Path, target: Path) -> None:
    try:
        shutil.copyfile(log, target)
    except OSError as error:
        raise OutputError(
            str(target), f"the log could not be kept: {error.strerror}", "Choose another place."
        ) from error
