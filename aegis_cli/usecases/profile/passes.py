"""Run a program again with the profilers that its first run calls for, and report on all runs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from aegis_cli.engine.detector import AnyDetector, Collector
from aegis_cli.engine.origin import NO_ORIGINS, Origin
from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.engine_results import Engine
from aegis_cli.model.facts.hot_spots import FunctionTime
from aegis_cli.model.facts.memory import ResidentMemory
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Report, Section, Skipped, titled_column, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.usecases.profile.engines import EngineRequest
from aegis_cli.usecases.profile.run import Answer, Request, profile

SECTION = "passes"
MAX_FUNCTIONS = 5
LEAST_SHARE = 0.05
"""Of the processor time, below which the lines of a function are not worth another run."""
LEAST_GROWTH_BYTES = 8 << 20
MAX_CALLS = 100_000
"""Calls of each function whose lines are counted; more would slow the run without telling more."""
_MS = 1000.0
_OF_EACH_RUN = frozenset({"run", "processes"})
"""Sections that tell how a run went: those of the first run are the program's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One run of the program: what looked at it, what it found, and how the program ended."""

    request: EngineRequest
    report: Report
    status: int


class HottestFunctions(Collector[FunctionTime]):
    """Chooses the program's own functions that take the most processor time."""

    consumes = FunctionTime

    def __init__(self, folder: Path) -> None:
        """Start with none; relative paths are below the folder."""
        self._folder = folder
        self._chosen: dict[tuple[str, str], None] = {}

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """Return paths and names, the hottest first."""
        return tuple(self._chosen)[:MAX_FUNCTIONS]

    def observe(self, fact: FunctionTime) -> None:
        """Take a function that has source of its own; facts come by their time."""
        path, name = fact.function.path, _watchable(fact.function.name)
        is_own = fact.function.origin is CodeOrigin.USER
        if is_own and name and not path.startswith("<") and fact.cpu_share >= LEAST_SHARE:
            self._chosen[(str(self._folder / path), name)] = None

    def finish(self) -> Iterable[Section]:
        """Yield nothing: the choice is read."""
        return ()


class MemoryGrowth(Collector[ResidentMemory]):
    """Keeps by how much the memory of the process that grew the most has grown."""

    consumes = ResidentMemory

    def __init__(self) -> None:
        """Start without growth."""
        self.bytes = 0

    def observe(self, fact: ResidentMemory) -> None:
        """Take one process."""
        self.bytes = max(self.bytes, fact.growth_bytes)

    def finish(self) -> Iterable[Section]:
        """Yield nothing: the number is read."""
        return ()


def profile_in_passes(
    request: Request,
    detectors: Callable[[], Sequence[AnyDetector]],
    clock: Callable[[], datetime],
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
) -> Answer:
    """Run a program, then once more for each profiler that is called for.

    Each run needs detectors of its own, since they remember.

    Raises:
        SourceUnavailable: The program cannot be started.
    """
    hottest, growth = HottestFunctions(Path.cwd()), MemoryGrowth()
    first = profile(request, detectors(), clock, origins=origins, listeners=(hottest, growth))
    if first.status < 0:
        return replace(first, report=_not_repeated(first.report))
    passes = [Pass(request=request.engine, report=first.report, status=first.status)]
    for engine in called_for(hottest.chosen, growth.bytes):
        again = profile(replace(request, engine=engine), detectors(), clock, origins=origins)
        passes.append(Pass(request=engine, report=again.report, status=again.status))
    return replace(first, report=merged(passes))


def called_for(
    functions: tuple[tuple[str, str], ...], growth_bytes: int
) -> Iterator[EngineRequest]:
    """Yield the profilers worth another run: of lines for hot functions, of memory for growth."""
    if functions:
        yield EngineRequest(engine=Engine.LINE, functions=functions, max_calls=MAX_CALLS)
    if growth_bytes >= LEAST_GROWTH_BYTES:
        yield EngineRequest(engine=Engine.TRACEMALLOC)


def _watchable(name: str) -> str:
    """Return the function that has a definition: that around a comprehension or lambda."""
    outer, _, inner = name.rpartition(".<locals>.")
    if inner.startswith("<"):
        return _watchable(outer)
    return "" if name.startswith("<") else name


def merged(passes: Sequence[Pass]) -> Report:
    """Return the report of the first run, with what the others add to it."""
    first, *later = (each.report for each in passes)
    more = [
        section for report in later for section in report.sections if section.id not in _OF_EACH_RUN
    ]
    skipped = dict.fromkeys(entry for each in passes for entry in each.report.skipped)
    known = {finding.identity for finding in first.findings}
    return replace(
        first,
        elapsed_s=sum(each.report.elapsed_s for each in passes),
        findings=(
            *first.findings,
            *(each for report in later for each in report.findings if each.identity not in known),
        ),
        sections=(*more, *first.sections, _section(passes)),
        skipped=tuple(skipped),
        partial=any(each.report.partial for each in passes),
    )


def _section(passes: Sequence[Pass]) -> Section:
    return Section(
        id=SECTION,
        title=Text(en="Passes", ko="실행 단계"),
        data=(
            titled_datum(
                "runs",
                "Runs of the program, each with its side effects",
                "프로그램 실행 횟수 (부수 효과도 반복됨)",
                len(passes),
                Unit.COUNT,
            ),
        ),
        columns=(
            titled_column("engine", "Engine", "엔진"),
            titled_column("elapsed_ms", "Wall", "경과 시간", Unit.MS),
            titled_column("status", "Exit status", "종료 상태"),
            titled_column("functions", "Watched functions", "관찰한 함수"),
        ),
        rows=tuple(_row(each) for each in passes),
    )


def _row(done: Pass) -> tuple[Cell, ...]:
    watched = ", ".join(name for _, name in done.request.functions)
    return done.request.engine.value, done.report.elapsed_s * _MS, done.status, watched or None


def _not_repeated(report: Report) -> Report:
    """Say that a program that a signal ended is not run again."""
    skipped = Skipped(
        subject="--passes",
        reason=Text(
            en="a signal ended the first run, so there was no second",
            ko="첫 실행이 신호로 끝나서 다시 실행하지 않았습니다",
        ),
        hint=Text(
            en="Let the program come to its own end, or name a profiler with --engine.",
            ko="프로그램이 스스로 끝나게 하거나 --engine으로 프로파일러를 지정하세요.",
        ),
    )
    return replace(report, skipped=(*report.skipped, skipped))
