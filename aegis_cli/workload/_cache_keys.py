"""The keys a cache simulation follows: all of them, or a sample by hash."""

import numpy as np
from numpy.typing import NDArray

NOT_FILLED = -1
_SLACK_US = 60_000_000
_ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
_MAX_HALVINGS = 62

_Ints = NDArray[np.int64]
_Hashes = NDArray[np.uint64]


def key_hashes(statement: _Ints, values: _Ints) -> _Hashes:
    """Mix statement and values to evenly spread 64 bits (the finalizer of SplitMix64)."""
    with np.errstate(over="ignore"):
        mixed = values.view(np.uint64) + statement.astype(np.uint64) * np.uint64(
            0x9E37_79B9_7F4A_7C15
        )
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


class CacheKeys:
    """When each followed key was last filled, for each time to live; at most `max_keys` keys."""

    def __init__(self, *, ttls_us: tuple[int, ...], max_keys: int) -> None:
        """Start without keys."""
        self._max_keys = max_keys
        self._longest_us = max(ttls_us)
        self._key: _Hashes = np.zeros(0, np.uint64)
        self._statement = np.zeros(0, np.int64)
        self.fills_us = np.zeros((0, len(ttls_us)), np.int64)
        """A row per key, a column per time to live."""
        self.halvings = np.zeros(0, np.int64)
        """Per statement, how often its sample was halved: 0 while all keys are followed."""

    def __len__(self) -> int:
        """Return the number of keys followed."""
        return len(self._key)

    def grow(self, statements: int) -> None:
        """Make room for statements with higher numbers."""
        self.halvings = np.pad(self.halvings, (0, statements - len(self.halvings)))

    def admit(self, key: _Hashes, statement: _Ints, now_us: int) -> NDArray[np.intp]:
        """Follow the new keys as far as there is room; return the places of followed ones."""
        kept = np.arange(len(key))
        if self.halvings.any():
            kept = np.flatnonzero(self._is_sampled(key, statement))
        fresh, owner = self._fresh(key[kept], statement[kept])
        if len(self) + len(fresh) > self._max_keys:
            self._forget_expired(now_us)
            # What was forgotten may be asked for again by this batch.
            fresh, owner = self._fresh(key[kept], statement[kept])
            if self._halve(owner, fresh):
                chosen = self._is_sampled(fresh, owner)
                fresh, owner = fresh[chosen], owner[chosen]
                kept = kept[self._is_sampled(key[kept], statement[kept])]
        self._insert(fresh, owner)
        return kept

    def rows_of(self, key: _Hashes) -> NDArray[np.intp]:
        """Return the rows of followed keys."""
        return np.searchsorted(self._key, key)

    def _is_sampled(self, key: _Hashes, statement: _Ints) -> NDArray[np.bool_]:
        limits = _ALL >> self.halvings.astype(np.uint64)
        return np.asarray(key <= limits[statement])

    def _fresh(self, key: _Hashes, statement: _Ints) -> tuple[_Hashes, _Ints]:
        """Return the distinct keys that are not followed yet, with their statements."""
        if len(self):
            row = np.minimum(np.searchsorted(self._key, key), len(self) - 1)
            unknown = self._key[row] != key
            key, statement = key[unknown], statement[unknown]
        distinct, place = np.unique(key, return_index=True)
        return distinct, statement[place]

    def _forget_expired(self, now_us: int) -> None:
        """Drop keys that no lookup from now on can hit; forgetting them changes no result."""
        newest = self.fills_us.max(axis=1, initial=NOT_FILLED)
        self._keep(np.abs(now_us - newest) <= self._longest_us + _SLACK_US)

    def _halve(self, owner: _Ints, fresh: _Hashes) -> bool:
        """Halve the samples of the statements with most keys until all keys fit."""
        keys = np.concatenate((self._key, fresh))
        owners = np.concatenate((self._statement, owner))
        before = self.halvings.copy()
        while len(keys) > self._max_keys:
            counts = np.bincount(owners, minlength=len(self.halvings))
            counts[self.halvings >= _MAX_HALVINGS] = 0
            if not counts.any():
                break
            self.halvings[int(counts.argmax())] += 1
            sampled = self._is_sampled(keys, owners)
            keys, owners = keys[sampled], owners[sampled]
        if np.array_equal(before, self.halvings):
            return False
        self._keep(self._is_sampled(self._key, self._statement))
        return True

    def _keep(self, chosen: NDArray[np.bool_]) -> None:
        self._key = self._key[chosen]
        self._statement = self._statement[chosen]
        self.fills_us = self.fills_us[chosen]

    def _insert(self, fresh: _Hashes, owner: _Ints) -> None:
        if not len(fresh):
            return
        keys = np.concatenate((self._key, fresh))
        order = np.argsort(keys, kind="stable")
        empty = np.full((len(fresh), self.fills_us.shape[1]), NOT_FILLED, np.int64)
        self._key = keys[order]
        self._statement = np.concatenate((self._statement, owner))[order]
        self.fills_us = np.concatenate((self.fills_us, empty))[order]
