"""Join runs that a batch cut in two."""

from collections.abc import Set as AbstractSet
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from aegis_cli.workload.bursts import Bursts, positions

_SUMMED = ("rounds", "executions", "executions_of", "distinct", "time_us")


class HeldBursts:
    """Holds, for each session, the run that reached the place where its unit was cut."""

    def __init__(self) -> None:
        """Start with nothing held."""
        self._held: dict[int, Bursts] = {}

    @property
    def sessions(self) -> NDArray[np.int32]:
        """Return the sessions whose run may go on."""
        return np.array(list(self._held), np.int32)

    def pass_on(
        self,
        found: Bursts,
        continues: NDArray[np.bool_],
        is_cut: NDArray[np.bool_],
        waiting: AbstractSet[int] = frozenset(),
    ) -> Bursts:
        """Return the runs that have ended; keep those that may go on in the next batch.

        Distinct values of joined runs are summed, so they are an upper bound.

        Args:
            found: The runs of this batch.
            continues: Which of them go on from the run held of their session.
            is_cut: Which of them may go on in the next batch.
            waiting: The sessions of which nothing behind the held run was looked at yet.
        """
        if not self._held and not is_cut.any():
            return found
        held = self._held
        self._held = {each: held.pop(each) for each in list(held) if each in waiting}
        is_joined = continues | is_cut
        ended = [found.take(~is_joined)]
        for at in np.flatnonzero(is_joined).tolist():
            one = found.take(np.arange(len(found)) == at)
            session = int(one.session[0])
            before = held.pop(session, None) if continues[at] else None
            if before is not None:
                one = joined(before, one)
            if is_cut[at]:
                self._held[session] = one
            else:
                ended.append(one)
        return concatenated([*held.values(), *ended], like=found)

    def release(self) -> Bursts:
        """Return all runs that are still held."""
        held = list(self._held.values())
        self._held = {}
        return concatenated(held, like=nothing())


def joined(before: Bursts, after: Bursts) -> Bursts:
    """Return one burst of two parts; what is told of its beginning is the first part's."""
    sums = {name: getattr(before, name) + getattr(after, name) for name in _SUMMED}
    return replace(before, is_varying=before.is_varying | after.is_varying, **sums)


def concatenated(parts: list[Bursts], like: Bursts) -> Bursts:
    """Return all bursts in one; without any part, none of those of `like`."""
    if not parts:
        return like.take(np.zeros(len(like), np.bool_))
    return Bursts(
        **{
            each.name: np.concatenate([getattr(part, each.name) for part in parts])
            for each in fields(Bursts)
        }
    )


def nothing() -> Bursts:
    """Return no burst."""
    none = np.zeros(0, np.int64)
    return Bursts(
        parent=none,
        cycle=none,
        kind=none,
        rounds=none,
        executions=none,
        executions_of=positions([]),
        distinct=none,
        is_varying=np.zeros(0, np.bool_),
        time_us=none,
        parent_us=none,
        gap_us=none,
        session=none,
        place=none,
        at_us=none,
        tag=none,
    )
