"""Report on a part of the program that runs this: what it sent to its databases, and from where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aegis_cli.engine.detector import AnyDetector, Collector
from aegis_cli.engine.pipeline import run
from aegis_cli.model.facts.captured_queries import CallSiteUse
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Report, Section, Skipped, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.profiling.recording.run import ProcessRecording, Recording, read_run
from aegis_cli.usecases.profile.queries import query_facts
from aegis_cli.usecases.profile.query_sections import CallSiteTable, UnitTable

COMMAND = "profile"
_US_PER_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockReport:
    """What a block did, in numbers and in full.

    Attributes:
        report: Findings and sections, as `aegis profile` would give them.
        queries: Statements sent, without those that begin and end transactions.
        query_ms: Time of these statements, as the program sees it.
        elapsed_s: Time from begin to end of the block.
        cpu_s: Processor time of the whole process meanwhile, in all threads.
    """

    report: Report
    queries: int
    query_ms: float
    elapsed_s: float
    cpu_s: float


def report_on_block(
    folder: Path, name: str, detectors: Sequence[AnyDetector], *, unwatched: int = 0
) -> BlockReport:
    """Read what a finished block recorded, and let detectors listen to it.

    `unwatched` connections were open before anything was watched.

    Raises:
        SourceError: The recording cannot be read.
    """
    recording = read_run(folder)
    (process,) = _own(recording)
    tally = _Tally()
    outcome = run(_facts(recording), detectors, [CallSiteTable(), UnitTable(), tally])
    elapsed_s, cpu_s = process.process.wall_s or 0.0, process.process.cpu_s or 0.0
    block = _block_section(name, tally, elapsed_s, cpu_s)
    report = Report(
        command=COMMAND,
        inputs=(name,),
        started_at=datetime.fromtimestamp(process.process.started_at_s, UTC),
        elapsed_s=elapsed_s,
        findings=outcome.findings,
        sections=(*outcome.sections, block),
        skipped=(*_lacks(unwatched), *outcome.skipped),
        partial=bool(process.process.dropped_records or process.process.is_truncated),
    )
    return BlockReport(
        report=report,
        queries=tally.queries,
        query_ms=tally.total_us / _US_PER_MS,
        elapsed_s=elapsed_s,
        cpu_s=cpu_s,
    )


def _own(recording: Recording) -> tuple[ProcessRecording, ...]:
    """Return the recording of the process that opened the block; a fork has none of its own."""
    return recording.processes[:1]


def _facts(recording: Recording) -> Iterator[object]:
    yield from query_facts(recording, str(Path.cwd()))


def _lacks(unwatched: int) -> tuple[Skipped, ...]:
    if not unwatched:
        return ()
    return (
        Skipped(
            subject=str(unwatched),
            reason=Text(
                en="connections were open before statements were watched; what they send is "
                "not counted",
                ko="개의 연결이 감시를 시작하기 전에 열려 있어서, 그 연결로 보낸 문장은 "
                "집계되지 않습니다",
            ),
            hint=Text(
                en="Call aegis_cli.api.watch() when the program starts.",
                ko="프로그램을 시작할 때 aegis_cli.api.watch()를 호출하세요.",
            ),
        ),
    )


class _Tally(Collector[CallSiteUse]):
    """Adds up the statements of all call sites."""

    consumes = CallSiteUse

    def __init__(self) -> None:
        self.queries = 0
        self.total_us = 0

    def observe(self, fact: CallSiteUse) -> None:
        """Add what one line did with one statement."""
        self.queries += fact.calls
        self.total_us += fact.total_us

    def finish(self) -> tuple[Section, ...]:
        """Yield nothing: the numbers are read."""
        return ()


def _block_section(name: str, tally: _Tally, elapsed_s: float, cpu_s: float) -> Section:
    return Section(
        id="block",
        title=Text(en="The block", ko="블록"),
        data=(
            titled_datum("name", "Name", "이름", name),
            titled_datum("queries", "Statements", "문장", tally.queries, Unit.COUNT),
            titled_datum(
                "query_ms", "Time in them", "문장 시간", tally.total_us / _US_PER_MS, Unit.MS
            ),
            titled_datum("elapsed_s", "Elapsed", "경과", elapsed_s, Unit.SECONDS),
            titled_datum("cpu_s", "CPU", "CPU", cpu_s, Unit.SECONDS),
        ),
    )
