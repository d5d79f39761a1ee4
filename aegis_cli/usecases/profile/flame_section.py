"""The part of the report that draws where the time went."""

from collections.abc import Iterable

from aegis_cli.engine.detector import Collector
from aegis_cli.model.facts.samples import SampledTime, StackTime
from aegis_cli.model.report import Section
from aegis_cli.model.text import Text
from aegis_cli.profiling.analysis.flame import FlameBuilder

SECTION = "flame-graph"
_WORTH_DRAWING = 0.2
"""Waiting is drawn where it takes so much of the processor time."""


class FlameGraph(Collector[StackTime]):
    """Draws the processor time and, where there is much of it, the time spent waiting."""

    consumes = StackTime

    def __init__(self) -> None:
        """Start with empty graphs."""
        self._cpu = FlameBuilder(Text(en="CPU time", ko="CPU 시간"), _cpu_us)
        self._waiting = FlameBuilder(Text(en="Waiting time", ko="대기 시간"), _waiting_us)

    def observe(self, fact: StackTime) -> None:
        """Add a stack to both graphs."""
        self._cpu.add(fact)
        self._waiting.add(fact)

    def finish(self) -> Iterable[Section]:
        """Yield what there is to draw."""
        is_waiting = self._waiting.total_us > _WORTH_DRAWING * self._cpu.total_us
        built = (self._cpu.build(), self._waiting.build() if is_waiting else None)
        flames = tuple(each for each in built if each is not None)
        if flames:
            title = Text(en="Flame graph", ko="플레임 그래프")
            yield Section(id=SECTION, title=title, flames=flames)


def _cpu_us(time: SampledTime) -> int:
    return time.cpu_us


def _waiting_us(time: SampledTime) -> int:
    return time.waiting_us
