"""Find out which accesses of a batch fill a cache, and which hit it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.workload._cache_keys import NOT_FILLED

_ROUNDS = 8
"""Steps made for all keys at once; what fills more often is followed one by one."""

_Ints = NDArray[np.int64]
_Places = NDArray[np.intp]
_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accesses:
    """Accesses sorted by key, then by time."""

    key: NDArray[np.uint64]
    at_us: _Ints
    statement: _Ints
    duration_us: _Ints
    first: _Places
    """Where each key begins."""
    end: _Places
    """Where each key ends."""
    group: _Places
    """Which key each access belongs to, from 0."""
    times_us: _Ints
    """All times in ascending order."""
    rank: _Places
    """How many accesses of the batch are earlier than each one."""
    place: _Places
    """A number that grows with key and, within a key, with time."""

    @classmethod
    def sorted_by_key(
        cls, *, key: NDArray[np.uint64], at_us: _Ints, statement: _Ints, duration_us: _Ints
    ) -> "Accesses":
        """Sort the accesses of a batch; there must be at least one."""
        by_time = np.argsort(at_us, kind="stable")
        order = by_time[np.argsort(key[by_time], kind="stable")]
        key, times = key[order], at_us[by_time]
        begins = np.ones(len(key), np.bool_)
        begins[1:] = key[1:] != key[:-1]
        first = np.flatnonzero(begins)
        group = np.cumsum(begins) - 1
        rank = np.searchsorted(times, at_us[order])
        return cls(
            key=key,
            at_us=at_us[order],
            statement=statement[order],
            duration_us=duration_us[order],
            first=first,
            end=np.append(first[1:], len(key)),
            group=group,
            times_us=times,
            rank=rank,
            place=group * (len(key) + 1) + rank,
        )

    def rank_from(self, at_us: _Ints) -> _Places:
        """Return how many accesses of the batch are earlier than each time."""
        return np.searchsorted(self.times_us, at_us)

    def first_from(self, group: _Places, rank: _Places) -> _Places:
        """Return, for each key and rank, its first access from there on, else where it ends."""
        # Ranks instead of times keep the composite number small whatever the clock says.
        return np.searchsorted(self.place, group * (len(self.key) + 1) + rank)

    def last_fills(self, is_fill: _Mask, carried_us: _Ints) -> _Ints:
        """Return when each key was last filled, in this batch or before."""
        places = np.where(is_fill, np.arange(len(is_fill)), -1)
        last = np.maximum.reduceat(places, self.first)
        return np.where(last >= 0, self.at_us[last], carried_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """What the accesses of a batch have to know about writes to their tables."""

    before_us: _Ints
    """Per key, the last write up to its first access."""
    next_rank: _Places
    """Per access, the rank of the first write from then on."""


def find_fills(
    accesses: Accesses, ttl_us: int, carried_us: _Ints, writes: Writes
) -> tuple[_Mask, _Mask]:
    """Tell which accesses miss and fill a cache, and which of them do because of a write.

    `carried_us` tells of each key when it was last filled before this batch.
    """
    start = _first_fills(accesses, ttl_us, carried_us, writes)
    is_fill = _follow(start, accesses, ttl_us, writes)
    fills = np.flatnonzero(is_fill)
    group = accesses.group[fills]
    # The fill before this one: the key's fill before in the batch, else the carried one.
    before = carried_us[group]
    same = np.flatnonzero(group[1:] == group[:-1]) + 1
    before[same] = accesses.at_us[fills[same - 1]]
    age = np.abs(accesses.at_us[fills] - before)
    is_early = np.zeros(len(is_fill), np.bool_)
    is_early[fills[(before != NOT_FILLED) & (age <= ttl_us)]] = True
    return is_fill, is_early


def _first_fills(accesses: Accesses, ttl_us: int, carried_us: _Ints, writes: Writes) -> _Places:
    """Return each key's first access that misses what earlier batches left in the cache."""
    start = accesses.first.copy()
    opening = accesses.at_us[start]
    # Sessions may log a little out of order, so the fill may be the later of the two.
    since = np.minimum(carried_us, opening)
    alive = (carried_us != NOT_FILLED) & (np.abs(opening - carried_us) <= ttl_us)
    groups = np.flatnonzero(alive & (writes.before_us < since))
    expiry = accesses.rank_from(carried_us[groups] + ttl_us + 1)
    until = np.minimum(expiry, writes.next_rank[start[groups]])
    start[groups] = accesses.first_from(groups, until)
    return start


def _follow(start: _Places, accesses: Accesses, ttl_us: int, writes: Writes) -> _Mask:
    """Mark every access that is reached from a start by going from fill to fill."""
    marks = np.zeros(len(accesses.key), np.bool_)
    going = start < accesses.end
    current, stop = start[going], accesses.end[going]
    for _ in range(_ROUNDS):
        marks[current] = True
        # A key's last access leads nowhere; most keys have only that.
        going = current + 1 < stop
        current, stop = current[going], stop[going]
        if not len(current):
            return marks
        expiry = accesses.rank_from(accesses.at_us[current] + ttl_us + 1)
        current = _next_fills(accesses, current, expiry, writes)
        going = current < stop
        current, stop = current[going], stop[going]
    if len(current):
        marks[_walk(current, stop, accesses, ttl_us, writes)] = True
    return marks


def _next_fills(accesses: Accesses, places: _Places, expiry: _Places, writes: Writes) -> _Places:
    """Return, for each access that fills, the one that would fill next."""
    until = np.minimum(expiry, writes.next_rank[places])
    return np.maximum(places + 1, accesses.first_from(accesses.group[places], until))


def _walk(
    current: _Places, stop: _Places, accesses: Accesses, ttl_us: int, writes: Writes
) -> list[int]:
    """Return what is reached from a few places, however many steps that takes."""
    # Searching in order of time is several times faster than in order of keys.
    expiry = accesses.rank_from(accesses.times_us + ttl_us + 1)[accesses.rank]
    everywhere = np.arange(len(accesses.key))
    steps = _next_fills(accesses, everywhere, expiry, writes).tolist()
    reached = []
    for place, last in zip(current.tolist(), stop.tolist(), strict=True):
        at = place
        while at < last:
            reached.append(at)
            at = steps[at]
    return reached
