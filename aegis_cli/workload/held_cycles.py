"""Join cycles that a batch cut in two."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aegis_cli.workload.bursts import Bursts
from aegis_cli.workload.cycles import Cycle, Runs
from aegis_cli.workload.held_bursts import concatenated, joined, nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A cycle that may go on, and the statement of it that is due next."""

    burst: Bursts
    statements: tuple[int, ...]
    position: int


class HeldCycles:
    """Holds, for each session, the cycle that reached the place where its unit was cut."""

    def __init__(self) -> None:
        """Start with nothing held."""
        self._held: dict[int, _Held] = {}

    def continuations(self, runs: Runs, session: NDArray[np.int32]) -> dict[int, Cycle]:
        """Return, by session, the runs that go on from a held cycle, however few they are.

        Args:
            runs: The runs of this batch; those of an odd unit were counted before.
            session: The session of each run.
        """
        found: dict[int, Cycle] = {}
        for number, held in self._held.items():
            first = _first_behind_context(runs, np.flatnonzero(session == number))
            if first is None:
                continue
            statements = self._due(number, int(runs.statement[first]))
            end = first + int(np.searchsorted(runs.unit[first:], runs.unit[first], side="right"))
            expected = np.resize(np.array(statements), end - first)
            other = np.flatnonzero(runs.statement[first:end] != expected)
            length = int(other[0]) if len(other) else end - first
            if length:
                last = first + length - 1
                found[number] = Cycle(first=first, last=last, period=len(held.statements))
        return found

    def pass_on(
        self,
        continued: Mapping[int, tuple[Cycle, Bursts]],
        found: Sequence[tuple[Cycle, Bursts]],
        runs: Runs,
        is_cut: NDArray[np.bool_],
        waiting: AbstractSet[int],
    ) -> Bursts:
        """Return the cycles that have ended; keep those that may go on in the next batch.

        Args:
            continued: What `continuations` gave, with its measures, one burst each.
            found: The other cycles of this batch, with theirs.
            runs: The runs of this batch.
            is_cut: Which runs are the last of a unit that may go on.
            waiting: The sessions of which nothing behind the held cycle was looked at yet.
        """
        ended: list[Bursts] = []
        held, self._held = self._held, {}
        for session, before in held.items():
            if session in continued:
                cycle, burst = continued[session]
                more = _grown(before, cycle, burst, int(runs.statement[cycle.first]))
                self._keep_or_end(session, more, ended, is_held=bool(is_cut[cycle.last]))
            else:
                self._keep_or_end(session, before, ended, is_held=session in waiting)
        for cycle, burst in found:
            statements = runs.statement[cycle.first : cycle.first + cycle.period].tolist()
            position = (cycle.last - cycle.first + 1) % cycle.period
            fresh = _Held(burst=burst, statements=tuple(statements), position=position)
            session = int(burst.session[0])
            self._keep_or_end(session, fresh, ended, is_held=bool(is_cut[cycle.last]))
        return concatenated(ended, like=nothing())

    def release(self) -> Bursts:
        """Return all cycles that are still held."""
        held = [each.burst for each in self._held.values()]
        self._held = {}
        return concatenated(held, like=nothing())

    def _keep_or_end(
        self, session: int, cycle: _Held, ended: list[Bursts], *, is_held: bool
    ) -> None:
        if is_held:
            self._held[session] = cycle
        else:
            ended.append(cycle.burst)

    def _due(self, session: int, statement: int) -> tuple[int, ...]:
        """Return the statements of the held cycle in the order in which they are due."""
        held = self._held[session]
        at = _position(held, statement)
        return held.statements[at:] + held.statements[:at]


def _first_behind_context(runs: Runs, mine: NDArray[np.intp]) -> int | None:
    """Return a session's first fresh run, if it stands in a unit that was begun before."""
    fresh = mine[runs.unit[mine] % 2 == 0]
    if not len(fresh) or fresh[0] == 0:
        return None
    first = int(fresh[0])
    return first if runs.unit[first - 1] == runs.unit[first] + 1 else None


def _position(held: _Held, statement: int) -> int:
    """Return the place in the cycle of a run; a run that is cut goes on with its statement."""
    before = (held.position - 1) % len(held.statements)
    is_cut_run = held.statements[held.position] != statement == held.statements[before]
    return before if is_cut_run else held.position


def _grown(held: _Held, cycle: Cycle, burst: Bursts, statement: int) -> _Held:
    period, position = len(held.statements), _position(held, statement)
    counts = burst.executions_of.copy()
    counts[0, :period] = np.roll(counts[0, :period], position)
    whole = joined(held.burst, replace(burst, executions_of=counts))
    # Of a round that the cut went through, no part alone is a round.
    least = whole.executions_of[:, :period].min(axis=1)
    return _Held(
        burst=replace(whole, rounds=np.maximum(whole.rounds, least)),
        statements=held.statements,
        position=(position + cycle.last - cycle.first + 1) % period,
    )
