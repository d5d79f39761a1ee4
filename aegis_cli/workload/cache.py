"""Simulate what caches with several times to live would have done for cacheable reads."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import CacheOutcome
from aegis_cli.workload._cache_accesses import Accesses, Writes, find_fills
from aegis_cli.workload._cache_keys import CacheKeys, key_hashes
from aegis_cli.workload._cache_writes import WriteClock

DEFAULT_TTLS_S = (1, 10, 60, 300, 3600)
_US = 1_000_000
_MAX_AT_US = 1 << 61

_Ints = NDArray[np.int64]
_MAX_HALVINGS = 30
"""A sample of one key in a billion; finer ones would overflow when scaled up."""


class CacheSimulation:
    """Caches that are filled on a miss and emptied by writes, one for each time to live.

    A lookup is a hit if the same statement with the same values was filled at most the time
    to live ago, and nothing was written to one of its tables from the fill up to the lookup.
    Log times are those of the end of an execution in whole ms, so a write in the very ms of
    the fill counts as later: we rather miss a hit than promise one.

    All keys are followed while they fit. Beyond that the statements with the most keys are
    sampled by hash (Waldspurger et al., "Efficient MRC Construction with SHARDS", FAST 2015);
    those with few keys stay exact.
    """

    def __init__(
        self,
        *,
        tables_read: Callable[[int], tuple[int, ...]],
        ttls_s: tuple[int, ...] = DEFAULT_TTLS_S,
        max_keys: int = 8192,
    ) -> None:
        """Start with empty caches."""
        self._ttls_s = ttls_s
        self._keys = CacheKeys(ttls_us=tuple(ttl * _US for ttl in ttls_s), max_keys=max_keys)
        self._writes = WriteClock(tables_read)
        self._lookups = np.zeros(0, np.int64)
        self._sampled = np.zeros(0, np.int64)
        # Per time to live and statement; from samples, scaled up.
        self._hits = np.zeros((len(ttls_s), 0), np.int64)
        self._saved_us = np.zeros((len(ttls_s), 0), np.int64)
        self._invalidations = np.zeros((len(ttls_s), 0), np.int64)

    def observe(
        self,
        *,
        at_us: _Ints,
        statement: NDArray[np.int32],
        values: _Ints,
        duration_us: _Ints,
        written_at_us: _Ints,
        written_table: _Ints,
    ) -> None:
        """Take in the cacheable reads of a batch, and when which tables were written in it.

        A write to several tables is one element for each. Reads and writes without a time
        (-1) are left out. Batches come in log order; within a batch time counts, not order.
        """
        timed = np.flatnonzero((at_us >= 0) & (at_us < _MAX_AT_US))
        self._grow(int(statement.max()) + 1 if len(statement) else 0)
        self._writes.begin_batch(written_at_us, written_table)
        if len(timed):
            numbers = statement[timed].astype(np.int64)
            self._lookups += np.bincount(numbers, minlength=len(self._lookups))
            hashes = key_hashes(numbers, values[timed])
            kept = self._keys.admit(hashes, numbers, int(at_us[timed].min()))
            if len(kept):
                places = timed[kept]
                self._simulate(
                    Accesses.sorted_by_key(
                        key=hashes[kept],
                        at_us=at_us[places],
                        statement=numbers[kept],
                        duration_us=duration_us[places],
                    )
                )
        self._writes.end_batch()

    def outcomes(self, statement: int) -> tuple[CacheOutcome, ...]:
        """Return one outcome per time to live; none for a statement without timed lookups."""
        if statement >= len(self._lookups) or not self._lookups[statement]:
            return ()
        return tuple(self._outcome(which, statement) for which in range(len(self._ttls_s)))

    def statements(self) -> Iterator[int]:
        """Yield the statements that have outcomes, in ascending order."""
        yield from np.flatnonzero(self._lookups).tolist()

    def _grow(self, size: int) -> None:
        """Make room for statements with higher numbers."""
        more = size - len(self._lookups)
        if more <= 0:
            return
        more = max(more, len(self._lookups))
        self._lookups = np.pad(self._lookups, (0, more))
        self._sampled = np.pad(self._sampled, (0, more))
        wider = ((0, 0), (0, more))
        self._hits = np.pad(self._hits, wider)
        self._saved_us = np.pad(self._saved_us, wider)
        self._invalidations = np.pad(self._invalidations, wider)
        self._keys.grow(len(self._lookups))

    def _simulate(self, accesses: Accesses) -> None:
        scale = np.left_shift(1, np.minimum(self._keys.halvings, _MAX_HALVINGS))
        self._sampled += self._per_statement(accesses.statement) * scale
        rows = self._keys.rows_of(accesses.key[accesses.first])
        before, after = self._writes.around(accesses.statement, accesses.at_us)
        writes = Writes(before_us=before[accesses.first], next_rank=accesses.rank_from(after))
        for which, ttl_s in enumerate(self._ttls_s):
            carried = self._keys.fills_us[rows, which]
            is_fill, is_early = find_fills(accesses, ttl_s * _US, carried, writes)
            hit = ~is_fill
            hits = accesses.statement[hit]
            saved = np.maximum(accesses.duration_us[hit], 0)
            self._hits[which] += self._per_statement(hits) * scale
            self._saved_us[which] += self._per_statement(hits, saved) * scale
            early = accesses.statement[is_early]
            self._invalidations[which] += self._per_statement(early) * scale
            self._keys.fills_us[rows, which] = accesses.last_fills(is_fill, carried)

    def _per_statement(self, statement: _Ints, weights: _Ints | None = None) -> _Ints:
        sums = np.bincount(statement, weights=weights, minlength=len(self._lookups))
        return sums.astype(np.int64)

    def _outcome(self, which: int, statement: int) -> CacheOutcome:
        lookups, sampled = int(self._lookups[statement]), int(self._sampled[statement])
        seen = int(self._hits[which, statement])
        hits = _corrected(seen, sampled, lookups)
        early = int(self._invalidations[which, statement])
        return CacheOutcome(
            ttl_s=self._ttls_s[which],
            hits=hits,
            lookups=lookups,
            time_saved_us=_scaled(int(self._saved_us[which, statement]), hits, seen),
            invalidations=_scaled(early, lookups, sampled),
            is_sampled=bool(self._keys.halvings[statement]),
        )


def _corrected(hits: int, sampled: int, lookups: int) -> int:
    """Estimate the hits among all lookups from those of the sampled keys, scaled up.

    A hot key that happens to be in the sample is scaled up too much. Nearly all of its lookups
    are hits, so the surplus is taken from the hits, as SHARDS-adj does. A hot key that is not
    in the sample would add hits; we do not claim them.
    """
    if sampled == lookups:
        return hits
    return max(0, min(hits - (sampled - lookups), _scaled(hits, lookups, sampled)))


def _scaled(value: int, part: int, whole: int) -> int:
    return round(value * part / whole) if whole else 0
