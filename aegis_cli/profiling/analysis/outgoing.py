"""Add up the calls and constructions of a process by line of code."""

from collections import defaultdict
from collections.abc import Iterator

from aegis_cli.model.facts.outgoing import Constructions, OutgoingCalls
from aegis_cli.profiling.analysis.source_lines import SourceLines
from aegis_cli.profiling.recording.runtime import RuntimeRecords

_WIDTH = 6
_MADE_BY = {
    "urllib3.PoolManager": ("requests.Session", "boto3.client"),
    "redis.ConnectionPool": ("redis.Redis",),
}
"""What others make on their way: told only where it is made by itself."""


def outgoing_calls(records: RuntimeRecords, sources: SourceLines) -> Iterator[OutgoingCalls]:
    """Yield the calls to other services, those that took the most time first."""
    totals = _totals(records, "calls")
    for (place, name), (count, total_us, longest_us, failures) in _longest_first(totals):
        places = records.place(place)
        yield OutgoingCalls(
            pid=records.pid,
            places=places,
            source=sources.line(places[0]) if places else "",
            target=records.name(name),
            count=count,
            total_us=total_us,
            longest_us=longest_us,
            failures=failures,
        )


def constructions(records: RuntimeRecords, sources: SourceLines) -> Iterator[Constructions]:
    """Yield what was made, that which took the most time first."""
    totals = _totals(records, "constructions")
    made = {(place, records.name(name)) for place, name in totals}
    for (place, name), (count, total_us, longest_us, _) in _longest_first(totals):
        places, what = records.place(place), records.name(name)
        if not places or any((place, each) in made for each in _MADE_BY.get(what, ())):
            continue
        yield Constructions(
            pid=records.pid,
            places=places,
            source=sources.line(places[0]),
            what=what,
            count=count,
            total_us=total_us,
            longest_us=longest_us,
        )


def _totals(records: RuntimeRecords, key: str) -> dict[tuple[int, int], list[int]]:
    totals: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for place, name, count, total_us, longest_us, failures in records.rows(key, _WIDTH):
        sums = totals[place, name]
        sums[0] += count
        sums[1] += total_us
        sums[2] = max(sums[2], longest_us)
        sums[3] += failures
    return totals


def _longest_first(
    totals: dict[tuple[int, int], list[int]],
) -> list[tuple[tuple[int, int], list[int]]]:
    return sorted(totals.items(), key=lambda item: (-item[1][1], item[0]))
