"""Know when the tables of a statement were written."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aegis_cli.workload.distinct import sorted_distinct

NEVER_US = np.iinfo(np.int64).max
LONG_AGO_US = -2
_SENTINELS = 2
_MANY = 1 << 16
_MAX_DISORDER_US = 60_000_000
"""Sessions write the log in a slightly wrong order; a larger step back is a clock that was set."""

_Ints = NDArray[np.int64]


class WriteClock:
    """The last write to each table before this batch, and all writes within it."""

    def __init__(self, tables_read: Callable[[int], tuple[int, ...]]) -> None:
        """Start without any write."""
        self._tables_read = tables_read
        self._tables: dict[int, tuple[int, ...]] = {}
        self._last: dict[int, int] = {}
        self._batch: dict[int, _Ints] = {}
        self._of_statement: dict[int, _Ints] = {}

    def begin_batch(self, at_us: _Ints, table: _Ints) -> None:
        """Take in when which tables were written."""
        timed = at_us >= 0
        at_us, table = at_us[timed], table[timed]
        self._batch = {
            number: sorted_distinct(at_us[table == number])
            for number in np.flatnonzero(np.bincount(table)).tolist()
        }
        self._of_statement.clear()

    def end_batch(self) -> None:
        """Keep of the batch what later lookups need."""
        for table, times in self._batch.items():
            newest = int(times[-1])
            before = self._last.get(table, LONG_AGO_US)
            is_set_back = before - newest > _MAX_DISORDER_US
            self._last[table] = newest if is_set_back else max(before, newest)
        self._batch = {}

    def around(self, statement: _Ints, at_us: _Ints) -> tuple[_Ints, _Ints]:
        """Return the last write to each statement's tables up to a time, and the first from it.

        Of the writes before this batch only the last one of each table is known.
        """
        before = np.full(len(at_us), LONG_AGO_US, np.int64)
        after = np.full(len(at_us), NEVER_US, np.int64)
        if not self._last and not self._batch:
            return before, after
        # numpy sorts 16-bit numbers by radix, in a tenth of the time.
        narrow = statement.astype(np.uint16) if statement.max() < _MANY else statement
        order = np.argsort(narrow, kind="stable")
        borders = np.flatnonzero(np.diff(statement[order])) + 1
        for chosen in np.split(order, borders):
            times = self._writes_of(int(statement[chosen[0]]))
            if len(times) > _SENTINELS:
                asked = at_us[chosen]
                place = np.searchsorted(times, asked)
                after[chosen] = times[place]
                before[chosen] = times[place - (times[place] != asked)]
        return before, after

    def _writes_of(self, statement: int) -> _Ints:
        """Return the known times of writes to a statement's tables between two sentinels."""
        known = self._of_statement.get(statement)
        if known is None:
            tables = self._tables_of(statement)
            times = [self._batch[table] for table in tables if table in self._batch]
            single = [self._last[table] for table in tables if table in self._last]
            bounds = [LONG_AGO_US, *single, NEVER_US]
            known = sorted_distinct(np.concatenate((*times, np.array(bounds, np.int64))))
            self._of_statement[statement] = known
        return known

    def _tables_of(self, statement: int) -> tuple[int, ...]:
        tables = self._tables.get(statement)
        if tables is None:
            tables = self._tables[statement] = self._tables_read(statement)
        return tables
