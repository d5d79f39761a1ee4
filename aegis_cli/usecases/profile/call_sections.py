"""The part of the report about calls to other services."""

from collections.abc import Iterable

from aegis_cli.engine.detector import Collector
from aegis_cli.model.facts.outgoing import OutgoingCalls
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Section, titled_column, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.usecases.profile.runtime_sections import place_cell

_US_PER_MS = 1000
_MAX_ROWS = 500


class CallTable(Collector[OutgoingCalls]):
    """Lists calls by line and target, those that took the most time first."""

    consumes = OutgoingCalls

    def __init__(self) -> None:
        """Start without calls."""
        self._calls: list[OutgoingCalls] = []

    def observe(self, fact: OutgoingCalls) -> None:
        """Add the calls of a line; their number is bounded by lines and targets."""
        self._calls.append(fact)

    def finish(self) -> Iterable[Section]:
        """Yield the table, if the program called anybody."""
        if not self._calls:
            return
        ordered = sorted(self._calls, key=lambda each: -each.total_us)[:_MAX_ROWS]
        count = sum(each.count for each in self._calls)
        spent_ms = sum(each.total_us for each in self._calls) / _US_PER_MS
        yield Section(
            id="calls",
            title=Text(en="Calls to other services", ko="외부 서비스 호출"),
            data=(
                titled_datum("calls", "Calls", "호출", count, Unit.CALLS),
                titled_datum("time_ms", "Time of callers", "호출 시간", spent_ms, Unit.MS),
            ),
            columns=_COLUMNS,
            rows=tuple(map(_row, ordered)),
        )


_COLUMNS = (
    titled_column("call_site", "Call site", "호출 위치"),
    titled_column("target", "Target", "대상"),
    titled_column("calls", "Calls", "호출", Unit.CALLS),
    titled_column("total_ms", "Total", "합계", Unit.MS),
    titled_column("mean_ms", "Mean", "평균", Unit.MS),
    titled_column("max_ms", "Max", "최대", Unit.MS),
    titled_column("failures", "Failed", "실패", Unit.CALLS),
    titled_column("function", "Function", "함수"),
)


def _row(fact: OutgoingCalls) -> tuple[Cell, ...]:
    place = fact.places[0] if fact.places else None
    return (
        place_cell(place),
        fact.target or None,
        fact.count,
        fact.total_us / _US_PER_MS,
        fact.total_us / _US_PER_MS / fact.count,
        fact.longest_us / _US_PER_MS,
        fact.failures,
        place.function if place is not None else None,
    )
