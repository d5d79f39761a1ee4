"""Feed the cache simulation: which statements a cache could serve, and what empties it."""

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import CacheOutcome
from aegis_cli.model.facts.shapes import Shape
from aegis_cli.workload.cache import CacheSimulation
from aegis_cli.workload.catalog import StatementCatalog
from aegis_cli.workload.rows import Rows

_BATCH_ROWS = 65_536


class CacheableReads:
    """Simulates a cache in front of every read whose result depends on its tables alone."""

    def __init__(self, catalog: StatementCatalog, batch_rows: int = _BATCH_ROWS) -> None:
        """Start without executions; so many at a time are simulated, wherever chunks end."""
        self._batch_rows = batch_rows
        self._catalog = catalog
        self._tables: dict[str, int] = {}
        self._read: list[tuple[int, ...]] = []
        self._written: list[tuple[int, ...]] = []
        self._written_flat = np.zeros(0, np.int64)
        """The tables of all of `_written`, one after another."""
        self._written_counts = np.zeros(0, np.int64)
        self._cacheable = np.zeros(0, np.bool_)
        self._writes = np.zeros(0, np.bool_)
        self._fingerprint_reads: dict[int, tuple[int, ...]] = {}
        self._simulation = CacheSimulation(tables_read=self._tables_of)
        self._waiting: list[Rows] = []
        self._waiting_rows = 0

    def observe(self, rows: Rows) -> None:
        """Take in executions in log order; how many at a time does not matter."""
        begin = 0
        while self._waiting_rows + len(rows) - begin >= self._batch_rows:
            # Where keys are sampled, the sample depends on what is simulated together.
            end = begin + self._batch_rows - self._waiting_rows
            self._wait(rows.take(np.arange(begin, end)))
            self.finish()
            begin = end
        self._wait(rows.take(np.arange(begin, len(rows))) if begin else rows)

    def _wait(self, rows: Rows) -> None:
        self._waiting.append(rows)
        self._waiting_rows += len(rows)

    def finish(self) -> None:
        """Work off what is waiting."""
        if self._waiting_rows:
            self._simulate(Rows.join(self._waiting))
        self._waiting, self._waiting_rows = [], 0

    def _simulate(self, rows: Rows) -> None:
        self._learn()
        fingerprint = self._catalog.fingerprint_numbers()[rows.statement]
        reads = np.flatnonzero(self._cacheable[rows.statement])
        written_at, written_table = self._writes_of(rows)
        self._simulation.observe(
            at_us=rows.at_us[reads],
            statement=fingerprint[reads],
            values=rows.values[reads],
            duration_us=rows.duration_us[reads],
            written_at_us=written_at,
            written_table=written_table,
        )

    def outcomes(self, fingerprint: int) -> tuple[CacheOutcome, ...]:
        """Return what caches with several times to live would have done for a statement."""
        if fingerprint not in self._fingerprint_reads:
            return ()
        return self._simulation.outcomes(fingerprint)

    def _tables_of(self, fingerprint: int) -> tuple[int, ...]:
        return self._fingerprint_reads.get(fingerprint, ())

    def _writes_of(self, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return one element per table and write."""
        at = np.flatnonzero(self._writes[rows.statement])
        number = rows.statement[at]
        counts = self._written_counts[number]
        first = (np.cumsum(self._written_counts) - self._written_counts)[number]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        tables = self._written_flat[np.repeat(first, counts) + within]
        return np.repeat(rows.at_us[at], counts), tables

    def _learn(self) -> None:
        """Look at the variants that are new."""
        fresh = range(len(self._read), self._catalog.variants)
        if not fresh:
            return
        numbers = self._catalog.fingerprint_numbers()
        cacheable: list[bool] = self._cacheable.tolist()
        writes: list[bool] = self._writes.tolist()
        for number in fresh:
            shape = self._catalog.variant(number).shape
            self._read.append(self._numbered(shape.tables_read))
            self._written.append(self._numbered(shape.tables_written))
            cacheable.append(is_cacheable(shape))
            writes.append(bool(shape.tables_written))
            if cacheable[-1]:
                self._fingerprint_reads.setdefault(int(numbers[number]), self._read[-1])
        self._cacheable = np.array(cacheable, np.bool_)
        self._writes = np.array(writes, np.bool_)
        self._written_counts = np.array([len(each) for each in self._written], np.int64)
        self._written_flat = np.array([each for row in self._written for each in row], np.int64)

    def _numbered(self, tables: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(self._tables.setdefault(each, len(self._tables)) for each in tables)


def is_cacheable(shape: Shape) -> bool:
    """Tell whether equal statements give equal results until one of their tables changes."""
    return (
        shape.is_read
        and shape.has_from
        and bool(shape.tables_read)
        and not (shape.is_locking or shape.is_volatile or shape.touches_catalog_only)
    )
