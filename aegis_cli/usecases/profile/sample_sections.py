"""The parts of the report that say in which functions, lines and threads the time went."""

from collections.abc import Iterable

from aegis_cli.engine.detector import Collector
from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.hot_spots import FunctionTime, LineTime, SampledRun, ThreadTime
from aegis_cli.model.facts.samples import (
    SampledTime,
)
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Section, titled_column, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.profiling.analysis.names import short_path

FUNCTIONS = "hot-functions"
LINES = "hot-lines"
THREADS = "threads"
_US_PER_MS = 1000
_MAX_ROWS = 200
_LEAST_SHARE = 0.001


class SamplingTotals(Collector[SampledRun]):
    """Says how often and how closely the program was looked at."""

    consumes = SampledRun

    def __init__(self) -> None:
        """Start without a run."""
        self._run: SampledRun | None = None

    def observe(self, fact: SampledRun) -> None:
        """Keep the totals of the run."""
        self._run = fact

    def finish(self) -> Iterable[Section]:
        """Yield the numbers that every share refers to."""
        run = self._run
        if run is None:
            return
        late = run.late_us / run.cpu_us if run.cpu_us else 0.0
        yield Section(
            id="sampling",
            title=Text(en="Sampling", ko="샘플링"),
            data=(
                titled_datum("looks", "Looks at the stacks", "스택 샘플 수", run.looks, Unit.COUNT),
                titled_datum(
                    "sampled_ms", "Time sampled", "샘플링한 시간", _ms(run.wall_us), Unit.MS
                ),
                titled_datum(
                    "cpu_ms", "CPU time of its threads", "스레드 CPU 시간", _ms(run.cpu_us), Unit.MS
                ),
                titled_datum(
                    "sampler_ms",
                    "CPU time of looking",
                    "샘플러 CPU 시간",
                    _ms(run.sampler_us),
                    Unit.MS,
                ),
                titled_datum(
                    "late_share",
                    "CPU time seen a line late",
                    "늦게 관측된 CPU 시간",
                    late,
                    Unit.RATIO,
                ),
            ),
        )


class HotFunctions(Collector[FunctionTime]):
    """Lists functions in the order in which facts come."""

    consumes = FunctionTime

    def __init__(self) -> None:
        """Start without rows."""
        self._rows: list[tuple[Cell, ...]] = []

    def observe(self, fact: FunctionTime) -> None:
        """Add a function, as long as there is room and it is worth a row."""
        if len(self._rows) < _MAX_ROWS and _is_worth_a_row(fact.charged_time, fact.cpu_share):
            self._rows.append(_function_row(fact))

    def finish(self) -> Iterable[Section]:
        """Yield the table, if anything was sampled."""
        if self._rows:
            title = Text(en="Hot functions", ko="시간이 많이 걸린 함수")
            rows = tuple(self._rows)
            yield Section(id=FUNCTIONS, title=title, columns=_FUNCTION_COLUMNS, rows=rows)


class HotLines(Collector[LineTime]):
    """Lists lines of the program's own code in the order in which facts come."""

    consumes = LineTime

    def __init__(self) -> None:
        """Start without rows."""
        self._rows: list[tuple[Cell, ...]] = []

    def observe(self, fact: LineTime) -> None:
        """Add a line, as long as there is room and it is worth a row."""
        if len(self._rows) < _MAX_ROWS and _is_worth_a_row(fact.charged_time, fact.cpu_share):
            self._rows.append(_line_row(fact))

    def finish(self) -> Iterable[Section]:
        """Yield the table, if the program has code of its own."""
        if self._rows:
            title = Text(en="Hot lines", ko="시간이 많이 걸린 줄")
            rows = tuple(self._rows)
            yield Section(id=LINES, title=title, columns=_LINE_COLUMNS, rows=rows)


class Threads(Collector[ThreadTime]):
    """Lists threads, and the tasks of event loops in them, in the order in which facts come."""

    consumes = ThreadTime

    def __init__(self) -> None:
        """Start without rows."""
        self._rows: list[tuple[Cell, ...]] = []

    def observe(self, fact: ThreadTime) -> None:
        """Add a thread or task, as long as there is room."""
        if len(self._rows) < _MAX_ROWS:
            self._rows.append(_thread_row(fact))

    def finish(self) -> Iterable[Section]:
        """Yield the table, if anything was sampled."""
        if self._rows:
            title = Text(en="Threads and tasks", ko="스레드와 태스크")
            rows = tuple(self._rows)
            yield Section(id=THREADS, title=title, columns=_THREAD_COLUMNS, rows=rows)


_FUNCTION_COLUMNS = (
    titled_column("function", "Function", "함수"),
    titled_column("place", "Place", "위치"),
    titled_column("cpu_ms", "CPU", "CPU", Unit.MS),
    titled_column("share", "Share", "비중", Unit.RATIO),
    titled_column("total_ms", "With callees", "호출 포함", Unit.MS),
    titled_column("waiting_ms", "Waiting", "대기", Unit.MS),
    titled_column("self_ms", "Own lines", "자체 코드", Unit.MS),
    titled_column("origin", "Code", "코드"),
    titled_column("looks", "Looks", "샘플", Unit.COUNT),
)
_LINE_COLUMNS = (
    titled_column("place", "Place", "위치"),
    titled_column("source", "Source", "소스"),
    titled_column("cpu_ms", "CPU", "CPU", Unit.MS),
    titled_column("share", "Share", "비중", Unit.RATIO),
    titled_column("waiting_ms", "Waiting", "대기", Unit.MS),
    titled_column("calls", "Mostly in", "주로"),
    titled_column("function", "Function", "함수"),
    titled_column("looks", "Looks", "샘플", Unit.COUNT),
)
_THREAD_COLUMNS = (
    titled_column("process", "Process", "프로세스"),
    titled_column("thread", "Thread", "스레드"),
    titled_column("task", "Task", "태스크"),
    titled_column("cpu_ms", "CPU", "CPU", Unit.MS),
    titled_column("waiting_ms", "Waiting", "대기", Unit.MS),
    titled_column("idle_ms", "Idle", "유휴", Unit.MS),
    titled_column("mostly_at", "Mostly at", "주요 위치"),
)


def _function_row(fact: FunctionTime) -> tuple[Cell, ...]:
    function, charged = fact.function, fact.charged_time
    return (
        function.name,
        f"{short_path(function)}:{fact.hottest_line}",
        _ms(charged.cpu_us),
        fact.cpu_share,
        _ms(fact.total_time.cpu_us),
        _ms(charged.waiting_us),
        _ms(fact.self_time.cpu_us),
        _ORIGINS[function.origin],
        charged.looks,
    )


def _line_row(fact: LineTime) -> tuple[Cell, ...]:
    return (
        f"{fact.function.path}:{fact.line}",
        fact.source or None,
        _ms(fact.charged_time.cpu_us),
        fact.cpu_share,
        _ms(fact.charged_time.waiting_us),
        fact.callees[0].name if fact.callees else None,
        fact.function.name,
        fact.charged_time.looks,
    )


def _thread_row(fact: ThreadTime) -> tuple[Cell, ...]:
    return (
        fact.pid,
        fact.thread or None,
        fact.task,
        _ms(fact.time.cpu_us),
        _ms(fact.time.waiting_us),
        _ms(fact.time.idle_us),
        fact.place,
    )


_ORIGINS = {
    CodeOrigin.USER: "own",
    CodeOrigin.LIBRARY: "library",
    CodeOrigin.STANDARD: "standard library",
}


def _is_worth_a_row(time: SampledTime, share: float) -> bool:
    return share >= _LEAST_SHARE or time.waiting_us > time.wall_us * _LEAST_SHARE


def _ms(time_us: int) -> float:
    return time_us / _US_PER_MS
