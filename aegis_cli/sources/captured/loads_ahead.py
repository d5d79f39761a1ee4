"""Tell which relationships were loaded ahead, and whether they were read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aegis_cli.model.facts.captured_queries import CallSiteUse, CapturedQueries, EagerLoad
from aegis_cli.model.facts.executions import Attribution, LoadAhead

_MAX_PLACES = 5


@dataclass(slots=True)
class _Total:
    loads: int = 0
    total_us: int = 0
    share: float = 0.0
    places: dict[Attribution, int] = field(default_factory=dict)


class LoadsAhead:
    """What all processes loaded ahead and read; a read in one of them counts for all."""

    def __init__(self) -> None:
        """Start without loads."""
        self._reads: set[tuple[str, str, str]] = set()
        self._totals: dict[LoadAhead, _Total] = {}

    def observe(self, process: CapturedQueries) -> None:
        """Add what a process read, and what it had joined."""
        self._reads |= process.reads
        for each in process.joined:
            self._add(each.ahead, each.attribution, each.loads)

    def facts(self, uses: Iterable[CallSiteUse]) -> Iterator[EagerLoad]:
        """Yield a fact per relationship and way, those that took most time first."""
        for each in uses:
            ahead = each.attribution.ahead
            if ahead is not None:
                total = self._add(ahead, each.attribution, each.calls)
                total.total_us += each.total_us
                total.share += each.share
        ordered = sorted(self._totals.items(), key=lambda item: (-item[1].total_us, str(item[0])))
        for ahead, total in ordered:
            places = sorted(total.places, key=lambda each: -total.places[each])
            yield EagerLoad(
                ahead=ahead,
                attributions=tuple(places[:_MAX_PLACES]),
                loads=total.loads,
                total_us=total.total_us,
                share=total.share,
                is_read=self._is_read(ahead),
            )

    def _add(self, ahead: LoadAhead, place: Attribution, loads: int) -> _Total:
        total = self._totals.setdefault(ahead, _Total())
        total.loads += loads
        total.places[place] = total.places.get(place, 0) + loads
        return total

    def _is_read(self, ahead: LoadAhead) -> bool:
        relationship = ahead.relationship
        return (relationship.mapper.value, relationship.owner, relationship.name) in self._reads
