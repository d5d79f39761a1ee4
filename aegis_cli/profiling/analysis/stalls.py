"""Add up the stalls of event loops by the line that caused them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from aegis_cli.model.facts.event_loops import LoopStall
from aegis_cli.profiling.analysis.source_lines import SourceLines
from aegis_cli.profiling.recording.runtime import RuntimeRecords

_WIDTH = 9
_FEW_PLACES = 2
"""A call that is over is seen at the next instruction, too."""


@dataclass(slots=True)
class _Total:
    durations_us: list[int] = field(default_factory=list)
    seen_us: int = 0
    cpu_us: int = 0
    delay_us: int = 0
    is_timed: bool = False
    places: int = 0


def loop_stalls(records: RuntimeRecords, sources: SourceLines) -> Iterator[LoopStall]:
    """Yield the stalls of a process by place, those that took the most time first."""
    totals: dict[tuple[int, int, int], _Total] = {}
    for row in records.rows("stalls", _WIDTH):
        place, callee, coroutine, duration_us, seen_us, cpu_us, delay_us, _, places = row
        total = totals.setdefault((place, callee, coroutine), _Total())
        # What other programs took is not the line's: the loop itself was ready.
        waited_us = min(max(0, delay_us), seen_us)
        total.durations_us.append(duration_us - waited_us)
        total.delay_us += waited_us
        total.places = max(total.places, places)
        if cpu_us >= 0:
            total.is_timed = True
            total.seen_us += seen_us - waited_us
            total.cpu_us += cpu_us
    for key, total in sorted(totals.items(), key=lambda item: -sum(item[1].durations_us)):
        yield _stall(records, key, total, sources)


def _stall(
    records: RuntimeRecords, key: tuple[int, int, int], total: _Total, sources: SourceLines
) -> LoopStall:
    place, callee, coroutine = key
    places = records.place(place)
    is_timed = total.is_timed and total.seen_us > 0
    return LoopStall(
        pid=records.pid,
        places=places,
        source=sources.line(places[0]) if places else "",
        callee=records.name(callee),
        coroutine=records.name(coroutine),
        count=len(total.durations_us),
        total_us=sum(total.durations_us),
        longest_us=max(total.durations_us),
        cpu_share=min(1.0, total.cpu_us / total.seen_us) if is_timed else None,
        delay_us=total.delay_us,
        is_moving=total.places > _FEW_PLACES,
    )
