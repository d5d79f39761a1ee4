"""The tables of what named profilers counted."""

from collections.abc import Iterable, Iterator
from operator import itemgetter

from aegis_cli.engine.detector import Collector
from aegis_cli.model.facts.engine_results import (
    Clock,
    CountedFunction,
    EngineThread,
    FunctionCalls,
    FunctionLines,
    FunctionMemory,
    LineHits,
    TrackedMemory,
)
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Datum, Section, titled_column, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.usecases.profile.source_lines import SourceLines

FUNCTIONS = "functions"
LINES = "lines"
MEMORY_LINES = "memory-lines"
THREADS = "engine-threads"
PEAK = "peak-memory"
_MAX_ROWS = 1000
_MS = 1000.0
_BUILT_IN = "~"


class FunctionTable(Collector[FunctionCalls]):
    """Adds up the calls of each function over processes and threads, most own time first."""

    consumes = FunctionCalls

    def __init__(self, source: SourceLines) -> None:
        """Start without functions; `source` knows how paths are shown."""
        self._source = source
        self._sums: dict[CountedFunction, tuple[int, int, float, float]] = {}
        self._clock = Clock.WALL

    def observe(self, fact: FunctionCalls) -> None:
        """Add the calls of one function."""
        self._clock = fact.clock
        before = self._sums.get(fact.function, (0, 0, 0.0, 0.0))
        self._sums[fact.function] = (
            before[0] + fact.calls,
            before[1] + fact.primitive_calls,
            before[2] + fact.self_s,
            before[3] + fact.cumulative_s,
        )

    def finish(self) -> Iterable[Section]:
        """Yield the table, if any function was counted."""
        if not self._sums:
            return
        total_s = sum(self_s for _, _, self_s, _ in self._sums.values())
        ranked = sorted(self._sums.items(), key=lambda each: each[1][2], reverse=True)
        yield Section(
            id=FUNCTIONS,
            title=Text(en="Functions", ko="함수"),
            data=(
                titled_datum("clock", "Clock", "시계", self._clock.value),
                titled_datum(
                    "calls",
                    "Calls",
                    "호출",
                    sum(calls for calls, *_ in self._sums.values()),
                    Unit.CALLS,
                ),
                titled_datum("self_ms", "Time", "시간", total_s * _MS, Unit.MS),
            ),
            columns=_FUNCTION_COLUMNS,
            rows=tuple(self._row(*each, total_s) for each in ranked[:_MAX_ROWS]),
        )

    def _row(
        self, function: CountedFunction, sums: tuple[int, int, float, float], total_s: float
    ) -> tuple[Cell, ...]:
        calls, primitive, self_s, cumulative_s = sums
        return (
            function.name,
            _place(function, self._source),
            calls,
            self_s * _MS,
            self_s / total_s if total_s else None,
            cumulative_s * _MS,
            primitive,
            cumulative_s * _MS / primitive if primitive else None,
        )


class ThreadTable(Collector[EngineThread]):
    """Lists threads and greenlets, those with the most time first."""

    consumes = EngineThread

    def __init__(self) -> None:
        """Start without threads."""
        self._facts: list[EngineThread] = []

    def observe(self, fact: EngineThread) -> None:
        """Take one thread."""
        self._facts.append(fact)

    def finish(self) -> Iterable[Section]:
        """Yield the table, if the profiler parts threads."""
        if not self._facts:
            return
        ranked = sorted(self._facts, key=lambda each: each.time_s, reverse=True)
        yield Section(
            id=THREADS,
            title=Text(en="Threads", ko="스레드"),
            data=(titled_datum("clock", "Clock", "시계", ranked[0].clock.value),),
            columns=_THREAD_COLUMNS,
            rows=tuple(
                (each.name, each.number, each.time_s * _MS, each.switches, each.pid)
                for each in ranked[:_MAX_ROWS]
            ),
        )


class LineTable(Collector[FunctionLines]):
    """Shows the lines of each watched function with their source, slowest function first."""

    consumes = FunctionLines

    def __init__(self, source: SourceLines) -> None:
        """Start without functions; `source` reads their lines."""
        self._source = source
        self._sums: dict[CountedFunction, dict[int, LineHits]] = {}

    def observe(self, fact: FunctionLines) -> None:
        """Add the lines of one function in one process."""
        lines = self._sums.setdefault(fact.function, {})
        for each in fact.lines:
            before = lines.get(each.line, LineHits(line=each.line, hits=0, time_s=0.0))
            lines[each.line] = LineHits(
                line=each.line, hits=before.hits + each.hits, time_s=before.time_s + each.time_s
            )

    def finish(self) -> Iterable[Section]:
        """Yield the table, if any watched function ran."""
        ran = {function: lines for function, lines in self._sums.items() if lines}
        if not ran:
            return
        times = {
            function: sum(each.time_s for each in lines.values()) for function, lines in ran.items()
        }
        rows = [
            row
            for function in sorted(ran, key=times.__getitem__, reverse=True)
            for row in self._rows(function, ran[function], times[function])
        ]
        yield Section(
            id=LINES,
            title=Text(en="Lines", ko="줄"),
            data=(titled_datum("functions", "Functions", "함수", len(ran), Unit.COUNT),),
            columns=_LINE_COLUMNS,
            rows=tuple(rows[:_MAX_ROWS]),
        )

    def _rows(
        self, function: CountedFunction, lines: dict[int, LineHits], total_s: float
    ) -> Iterator[tuple[Cell, ...]]:
        for number, each in sorted(lines.items()):
            yield (
                f"{self._source.shown(function.path)}:{number}",
                each.hits,
                each.time_s * _MS,
                each.time_s / total_s if total_s else None,
                each.time_s * _MS / each.hits,
                self._source.text(function.path, number),
                function.name,
            )


class MemoryLineTable(Collector[FunctionMemory]):
    """Shows after which line the memory of the process was greater than before."""

    consumes = FunctionMemory

    def __init__(self, source: SourceLines) -> None:
        """Start without lines; `source` reads their text."""
        self._source = source
        self._rows: list[tuple[Cell, ...]] = []

    def observe(self, fact: FunctionMemory) -> None:
        """Take the lines of one function in one process; its definition is only where it began."""
        for each in sorted(fact.lines, key=lambda line: line.line):
            is_start = each.line == fact.function.line
            self._rows.append(
                (
                    f"{self._source.shown(fact.function.path)}:{each.line}",
                    each.occurrences,
                    None if is_start else each.added_bytes,
                    each.most_bytes,
                    self._source.text(fact.function.path, each.line),
                    fact.function.name,
                    fact.pid,
                )
            )

    def finish(self) -> Iterable[Section]:
        """Yield the table, if any watched function ran."""
        if self._rows:
            yield Section(
                id=MEMORY_LINES,
                title=Text(en="Memory by line", ko="줄별 메모리"),
                columns=_MEMORY_COLUMNS,
                rows=tuple(self._rows[:_MAX_ROWS]),
            )


class PeakTable(Collector[TrackedMemory]):
    """Shows which lines held the memory when a process held the most."""

    consumes = TrackedMemory

    def __init__(self, source: SourceLines) -> None:
        """Start without processes; `source` knows how paths are shown."""
        self._source = source
        self._facts: list[TrackedMemory] = []

    def observe(self, fact: TrackedMemory) -> None:
        """Take one process."""
        self._facts.append(fact)

    def finish(self) -> Iterable[Section]:
        """Yield the table over all processes, if any was tracked."""
        if not self._facts:
            return
        rows = [row for fact in self._facts for row in self._rows(fact)]
        yield Section(
            id=PEAK,
            title=Text(en="Memory at the high-water mark", ko="최대 사용 시점의 메모리"),
            data=tuple(self._data()),
            columns=_PEAK_COLUMNS,
            rows=tuple(sorted(rows, key=itemgetter(1), reverse=True)[:_MAX_ROWS]),
        )

    def _data(self) -> Iterator[Datum]:
        peak = max(fact.peak_bytes for fact in self._facts)
        count = sum(fact.allocations for fact in self._facts)
        yield titled_datum(
            "peak_bytes", "Most in one process", "한 프로세스의 최대", peak, Unit.BYTES
        )
        yield titled_datum("allocations", "Allocations", "할당", count, Unit.COUNT)

    def _rows(self, fact: TrackedMemory) -> Iterator[tuple[str, int, float | None, int, str, int]]:
        for each in fact.lines:
            yield (
                _place(each.place, self._source) or each.place.name,
                each.size_bytes,
                each.size_bytes / fact.peak_bytes if fact.peak_bytes else None,
                each.blocks,
                each.place.name,
                fact.pid,
            )


_FUNCTION_COLUMNS = (
    titled_column("function", "Function", "함수"),
    titled_column("place", "Place", "위치"),
    titled_column("calls", "Calls", "호출", Unit.CALLS),
    titled_column("self_ms", "Self", "자체 시간", Unit.MS),
    titled_column("self_share", "Share", "비중", Unit.RATIO),
    titled_column("cumulative_ms", "Cumulative", "누적 시간", Unit.MS),
    titled_column("primitive_calls", "Not recursive", "비재귀 호출", Unit.CALLS),
    titled_column("cumulative_per_call_ms", "Per call", "호출당", Unit.MS),
)
_THREAD_COLUMNS = (
    titled_column("thread", "Thread", "스레드"),
    titled_column("number", "Number", "번호"),
    titled_column("time_ms", "Time", "시간", Unit.MS),
    titled_column("switches", "Switches", "전환", Unit.COUNT),
    titled_column("pid", "Process", "프로세스"),
)
_LINE_COLUMNS = (
    titled_column("place", "Place", "위치"),
    titled_column("hits", "Hits", "실행 횟수", Unit.COUNT),
    titled_column("time_ms", "Time", "시간", Unit.MS),
    titled_column("share", "Share", "비중", Unit.RATIO),
    titled_column("per_hit_ms", "Per hit", "회당", Unit.MS),
    titled_column("source", "Source", "소스"),
    titled_column("function", "Function", "함수"),
)
_MEMORY_COLUMNS = (
    titled_column("place", "Place", "위치"),
    titled_column("occurrences", "Occurrences", "실행 횟수", Unit.COUNT),
    titled_column("added_bytes", "Added", "증가", Unit.BYTES),
    titled_column("most_bytes", "Process at most", "프로세스 최대", Unit.BYTES),
    titled_column("source", "Source", "소스"),
    titled_column("function", "Function", "함수"),
    titled_column("pid", "Process", "프로세스"),
)
_PEAK_COLUMNS = (
    titled_column("place", "Place", "위치"),
    titled_column("size_bytes", "Held", "보유", Unit.BYTES),
    titled_column("share", "Share", "비중", Unit.RATIO),
    titled_column("blocks", "Blocks", "블록", Unit.COUNT),
    titled_column("function", "Function", "함수"),
    titled_column("pid", "Process", "프로세스"),
)


def _place(function: CountedFunction, source: SourceLines) -> str | None:
    if function.path == _BUILT_IN:
        return None
    return f"{source.shown(function.path)}:{function.line}"
