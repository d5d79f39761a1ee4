"""The one model behind *time you would get back* when a loop becomes one statement.

Calls saved are counted, not estimated.
Time saved is a rule of thumb, on purpose a careful one:

- Of an execution's server time, half is taken to be the statement's own overhead (protocol,
  parameters, executor start and end); the other half is work on rows, which one batched
  statement has to do too.
- Between two executions of a loop the server waits for the client.
  Half of the median gap is taken to be the network round trip; the other half is work of the
  application, which stays. A gap counts up to 2 ms, because longer ones are the application's.

Where the client measured, the round trip is inside the executions' time, so gaps are not counted.

The first execution of each burst is never counted: it pays for the one statement that remains.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from aegis_cli.model.facts.executions import BurstSize, Repetition
from aegis_cli.rules.queries._wording import ms

OVERHEAD_SHARE = 0.5
ROUND_TRIP_SHARE = 0.5
MAX_COUNTED_GAP_US = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """What all bursts of repetitions of one cycle amount to."""

    bursts: int
    rounds: int
    executions: int
    distinct_values: int
    time_us: int
    min_rounds: int
    median_rounds: int
    max_rounds: int
    calls_saved: int
    """All executions but one of each statement per burst."""

    @property
    def distinct_per_burst(self) -> float:
        """Return how many different parameter values a burst uses on average."""
        return self.distinct_values / self.bursts


def loop_of(repetitions: Sequence[Repetition]) -> Loop:
    """Sum up the bursts of repetitions of one cycle, of which there is at least one.

    Whether they are a loop at all is judged by the longest burst. Once that has proven the loop,
    its shorter bursts are the same code with fewer rows, so they count.
    """
    sizes = list(chain.from_iterable(each.sizes for each in repetitions))
    width = len(repetitions[0].cycle)
    bursts = sum(each.bursts for each in sizes)
    rounds = sum(each.rounds * each.bursts for each in sizes)
    executions = sum(each.executions or each.rounds * each.bursts * width for each in sizes)
    return Loop(
        bursts=bursts,
        rounds=rounds,
        executions=executions,
        distinct_values=sum(each.distinct_values for each in sizes),
        time_us=sum(each.time_us for each in sizes),
        min_rounds=min(each.rounds for each in sizes),
        median_rounds=_median_rounds(sizes, bursts),
        max_rounds=max(each.rounds for each in sizes),
        calls_saved=executions - bursts * width,
    )


def burst_share(loop: Loop, cycle_calls: int) -> float:
    """Return the part of the cycle's executions that lies in bursts; 1 if the log total is unknown.

    A hot statement of many requests now and then runs several times in a row by chance.
    """
    if cycle_calls <= 0:
        return 1.0
    return min(1.0, loop.executions / cycle_calls)


def batching_saves_ms(loop: Loop, median_gap_us: int) -> float | None:
    """Return the time that one statement per burst gives back; None if the log has no times."""
    if loop.time_us <= 0 and median_gap_us <= 0:
        return None
    repeated = loop.calls_saved / loop.executions
    server_us = max(loop.time_us, 0) * repeated * OVERHEAD_SHARE
    gap_us = min(max(median_gap_us, 0), MAX_COUNTED_GAP_US) * ROUND_TRIP_SHARE
    return ms(server_us + gap_us * loop.calls_saved)


def _median_rounds(sizes: list[BurstSize], bursts: int) -> int:
    seen = 0
    ordered = sorted(sizes, key=lambda each: each.rounds)
    for each in ordered:
        seen += each.bursts
        if seen * 2 >= bursts:
            return each.rounds
    return ordered[-1].rounds
