"""The parts of the report about event loops: where they stood still, where tasks waited."""

from collections.abc import Iterable

from aegis_cli.engine.detector import Collector
from aegis_cli.model.facts.event_loops import LoopStall, TaskWait
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Section, titled_column, titled_datum
from aegis_cli.model.text import Text

_US_PER_MS = 1000
_MAX_ROWS = 200


class StallTable(Collector[LoopStall]):
    """Lists the lines that held an event loop."""

    consumes = LoopStall

    def __init__(self) -> None:
        """Start without stalls."""
        self._stalls: list[LoopStall] = []
        self._count = self._total_us = self._longest_us = 0

    def observe(self, fact: LoopStall) -> None:
        """Add a line; only the number of distinct lines counts for memory."""
        self._count += fact.count
        self._total_us += fact.total_us
        self._longest_us = max(self._longest_us, fact.longest_us)
        self._stalls.append(fact)

    def finish(self) -> Iterable[Section]:
        """Yield the table, if a loop stood still at all."""
        if not self._stalls:
            return
        longest_first = sorted(self._stalls, key=lambda each: -each.total_us)
        yield Section(
            id="event-loop-stalls",
            title=Text(en="Where event loops stood still", ko="이벤트 루프가 멈춘 곳"),
            data=(
                titled_datum("stalls", "Stalls", "정지 횟수", self._count, Unit.COUNT),
                titled_datum("total_ms", "In all", "합계", self._total_us / _US_PER_MS, Unit.MS),
                titled_datum(
                    "longest_ms", "Longest", "최장", self._longest_us / _US_PER_MS, Unit.MS
                ),
            ),
            columns=_COLUMNS,
            rows=tuple(map(_row, longest_first[:_MAX_ROWS])),
        )


_COLUMNS = (
    titled_column("place", "Place", "위치"),
    titled_column("function", "Function", "함수"),
    titled_column("called", "Called", "호출한 함수"),
    titled_column("coroutine", "Coroutine", "코루틴"),
    titled_column("stalls", "Stalls", "횟수", Unit.COUNT),
    titled_column("total_ms", "Total", "합계", Unit.MS),
    titled_column("longest_ms", "Longest", "최장", Unit.MS),
    titled_column("cpu_share", "CPU share", "CPU 비중", Unit.RATIO),
    titled_column("starved", "Lacked the interpreter", "인터프리터 부족"),
    titled_column("delay_ms", "Lacked a processor", "프로세서 대기", Unit.MS),
)


def _row(fact: LoopStall) -> tuple[Cell, ...]:
    place = fact.places[0] if fact.places else None
    return (
        place_cell(place),
        place.function if place is not None else None,
        fact.callee or None,
        fact.coroutine or None,
        fact.count,
        fact.total_us / _US_PER_MS,
        fact.longest_us / _US_PER_MS,
        fact.cpu_share,
        fact.is_starved,
        fact.delay_us / _US_PER_MS,
    )


class WaitTable(Collector[TaskWait]):
    """Lists the lines at which tasks waited."""

    consumes = TaskWait

    def __init__(self) -> None:
        """Start without waits."""
        self._waits: list[TaskWait] = []

    def observe(self, fact: TaskWait) -> None:
        """Add a line; only the number of distinct lines counts for memory."""
        self._waits.append(fact)

    def finish(self) -> Iterable[Section]:
        """Yield the table, if tasks were seen waiting."""
        if not self._waits:
            return
        longest_first = sorted(self._waits, key=lambda each: -each.total_us)
        yield Section(
            id="task-waits",
            title=Text(en="Where tasks waited", ko="태스크가 기다린 곳"),
            columns=_WAIT_COLUMNS,
            rows=tuple(map(_wait_row, longest_first[:_MAX_ROWS])),
        )


_WAIT_COLUMNS = (
    titled_column("place", "Place", "위치"),
    titled_column("source", "Source", "소스"),
    titled_column("total_ms", "Waited", "대기", Unit.MS),
    titled_column("awaits", "Awaits seen", "확인된 await", Unit.COUNT),
    titled_column("by_one_task", "By one task", "한 태스크 최다", Unit.COUNT),
    titled_column("at_once", "Tasks at once", "동시 태스크", Unit.COUNT),
    titled_column("called_from", "Called from", "호출한 곳"),
    titled_column("function", "Function", "함수"),
)


def _wait_row(fact: TaskWait) -> tuple[Cell, ...]:
    return (
        place_cell(fact.places[0]),
        fact.source or None,
        fact.total_us / _US_PER_MS,
        fact.awaits,
        fact.most_by_one_task,
        fact.most_at_once,
        place_cell(fact.places[1]) if len(fact.places) > 1 else None,
        fact.places[0].function,
    )


def place_cell(place: CodeLocation | None) -> str | None:
    """Return a place as a cell; None where nobody saw it."""
    if place is None:
        return None
    return place.path if place.line is None else f"{place.path}:{place.line}"
