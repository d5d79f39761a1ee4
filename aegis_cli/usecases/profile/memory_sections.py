"""The parts of the report about memory: over time, containers, collector."""

from collections.abc import Iterable

from aegis_cli.engine.detector import Collector
from aegis_cli.model.facts.memory import CollectorUse, ContainerGrowth, ResidentMemory
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import (
    Cell,
    Chart,
    ChartKind,
    Section,
    Series,
    titled_column,
    titled_datum,
)
from aegis_cli.model.text import Text
from aegis_cli.usecases.profile.runtime_sections import place_cell

_US_PER_MS = 1000
_MAX_POINTS = 60
_MAX_ROWS = 100


class MemoryOverTime(Collector[ResidentMemory]):
    """Shows the resident memory of the process in which it was largest."""

    consumes = ResidentMemory

    def __init__(self) -> None:
        """Start without a process."""
        self._rows: list[tuple[Cell, ...]] = []
        self._largest: ResidentMemory | None = None

    def observe(self, fact: ResidentMemory) -> None:
        """Add a process."""
        if len(self._rows) < _MAX_ROWS:
            first, last = fact.points[0][1], fact.points[-1][1]
            self._rows.append((fact.pid, first, last, fact.peak_bytes, len(fact.points)))
        if self._largest is None or fact.peak_bytes > self._largest.peak_bytes:
            self._largest = fact

    def finish(self) -> Iterable[Section]:
        """Yield the table, and the curve of the largest process."""
        if self._largest is None:
            return
        yield Section(
            id="memory",
            title=Text(en="Resident memory", ko="상주 메모리"),
            columns=(
                titled_column("pid", "Process", "프로세스"),
                titled_column("first_bytes", "At the start", "시작", Unit.BYTES),
                titled_column("last_bytes", "At the end", "끝", Unit.BYTES),
                titled_column("peak_bytes", "Most seen", "최대 관찰값", Unit.BYTES),
                titled_column("looks", "Looks", "관찰 횟수"),
            ),
            rows=tuple(self._rows),
            charts=_charts(self._largest),
        )


def _charts(memory: ResidentMemory) -> tuple[Chart, ...]:
    if len(memory.points) < 2:  # noqa: PLR2004  # a curve has two points
        return ()
    step = max(1, len(memory.points) // _MAX_POINTS)
    points = memory.points[::step]
    return (
        Chart(
            kind=ChartKind.TIMELINE,
            title=Text(
                en=f"Resident memory of process {memory.pid}",
                ko=f"프로세스 {memory.pid}의 상주 메모리",
            ),
            unit=Unit.BYTES,
            labels=tuple(f"{at:.1f} s" for at, _ in points),
            series=(
                Series(
                    name=Text(en="resident", ko="상주"),
                    values=tuple(float(size) for _, size in points),
                ),
            ),
        ),
    )


class GrowingContainers(Collector[ContainerGrowth]):
    """Lists the containers that were followed, the largest first."""

    consumes = ContainerGrowth

    def __init__(self) -> None:
        """Start without containers."""
        self._found: list[ContainerGrowth] = []

    def observe(self, fact: ContainerGrowth) -> None:
        """Add a container; a process tells of a few hundred at most."""
        self._found.append(fact)

    def finish(self) -> Iterable[Section]:
        """Yield the table, if anything was large enough to be followed."""
        if not self._found:
            return
        largest = sorted(self._found, key=lambda each: -each.entries_last)[:_MAX_ROWS]
        yield Section(
            id="containers",
            title=Text(en="Containers that live as long as the program", ko="오래 사는 컨테이너"),
            columns=(
                titled_column("name", "Name", "이름"),
                titled_column("kind", "Kind", "종류"),
                titled_column("place", "Added at", "추가 위치"),
                titled_column("first", "First look", "첫 관찰", Unit.COUNT),
                titled_column("last", "At the end", "끝", Unit.COUNT),
                titled_column("early", "First half", "앞쪽 절반", Unit.PER_SECOND),
                titled_column("late", "Second half", "뒤쪽 절반", Unit.PER_SECOND),
                titled_column("emptied", "Ever emptied", "비움"),
            ),
            rows=tuple(map(_container_row, largest)),
        )


def _container_row(fact: ContainerGrowth) -> tuple[Cell, ...]:
    return (
        f"{fact.module}.{fact.name}",
        fact.kind,
        place_cell(fact.place),
        fact.entries_first,
        fact.entries_last,
        fact.early_per_s,
        fact.late_per_s,
        fact.is_ever_emptied,
    )


class CollectorTotals(Collector[CollectorUse]):
    """Adds up what the collector of reference cycles did in all processes."""

    consumes = CollectorUse

    def __init__(self) -> None:
        """Start with nothing."""
        self._collections = self._total_us = self._objects = self._called = 0

    def observe(self, fact: CollectorUse) -> None:
        """Add a process."""
        self._collections += sum(fact.collections)
        self._total_us += fact.total_us
        self._objects += fact.objects
        self._called += sum(each.count for each in fact.manual)

    def finish(self) -> Iterable[Section]:
        """Yield the totals, if the collector came at all."""
        if not self._collections:
            return
        calls = self._called
        spent_ms = self._total_us / _US_PER_MS
        yield Section(
            id="collector",
            title=Text(en="Collector of reference cycles", ko="순환 참조 컬렉터"),
            data=(
                titled_datum("collections", "Collections", "실행", self._collections, Unit.COUNT),
                titled_datum("called", "Of these called for", "직접 호출", calls, Unit.CALLS),
                titled_datum("time_ms", "Time", "시간", spent_ms, Unit.MS),
                titled_datum("objects", "Objects freed", "해제한 객체", self._objects, Unit.COUNT),
            ),
        )
