"""Some rows of each table that the workload touches, read when they are first asked about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.errors import SourceError, UsageError
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.indexes import IndexKey, TableName
from aegis_cli.model.facts.row_samples import (
    KeyClass,
    SampledEntries,
    SampledMatches,
    SampledRows,
)
from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.sampling.limits import SamplingLimits
from aegis_cli.sources.postgres.sampling.reading import (
    Extent,
    entry_kind,
    read_entries,
    read_long,
    read_matches,
    read_rows,
)
from aegis_cli.sources.postgres.session import ReadOnlySession

_BLOCK_BITS = 32
"""A block's number; the part of the table it is in stands above."""
_DEFAULTS = SamplingLimits()
_ALL = 100.0
_NULL = -1
_LITERAL_BYTES = 1.125
_MATCH_BYTES = 2.5
_LONGEST_MATCH = 273.0
_UNKNOWN = "Sizes of its indexes follow from statistics alone."
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A table that can be sampled, with its partitions taken together."""

    table: Table
    rows: float
    blocks: int
    columns: tuple[str, ...]
    """Those that an index might hold."""


@dataclass(slots=True, kw_only=True)
class TableSampler:
    """Reads blocks of tables, each at most once for a question, and tells what it could not."""

    session: ReadOnlySession
    tables: Mapping[TableName, Sampled]
    clock: Callable[[], float]
    """Seconds that only grow."""
    limits: SamplingLimits = _DEFAULTS
    lacks: list[SnapshotLack] = field(default_factory=list)
    rows_read: dict[TableName, int] = field(default_factory=dict)
    """Rows of the tables that something was read of."""
    _rows: dict[TableName, SampledRows | None] = field(default_factory=dict)
    _entries: dict[tuple[TableName, IndexKey], SampledEntries | None] = field(default_factory=dict)
    _matches: dict[tuple[TableName, str], SampledMatches | None] = field(default_factory=dict)
    _refused: set[tuple[TableName, str]] = field(default_factory=set)
    _spent_s: float = 0.0

    def rows(self, table: TableName) -> SampledRows | None:
        """Return hashes and sizes of some rows; None where none can be read."""
        if table not in self._rows:
            self._rows[table] = self._asked(table, "rows", self._read_rows)
        return self._rows[table]

    def entries(self, table: TableName, key: IndexKey) -> SampledEntries | None:
        """Return what some rows put into an inverted index; None where none can be read."""
        place = (table, key)
        if place not in self._entries:
            self._entries[place] = self._asked(
                table, "entries", lambda it: self._read_entries(it, key)
            )
        return self._entries[place]

    def matches(self, table: TableName, predicate: str) -> SampledMatches | None:
        """Return how many of some rows satisfy a predicate; None where none can be read."""
        place = (table, predicate)
        if place not in self._matches:
            self._matches[place] = self._asked(
                table, "predicates", lambda it: self._read_matches(it, predicate)
            )
        return self._matches[place]

    def _asked(
        self, name: TableName, what: str, read: Callable[[Sampled], _Answer | None]
    ) -> _Answer | None:
        """Read, unless it is hopeless; what fails is told once for each table."""
        known = self.tables.get(name)
        if known is None or known.rows < 1 or known.blocks < 1 or (name, what) in self._refused:
            return None
        hindrance = self._hindrance()
        if hindrance is not None:
            self._give_up(name, what, hindrance, "")
            return None
        started = self.clock()
        try:
            return read(known)
        except (SourceError, UsageError) as error:
            self._give_up(name, what, error.reason, error.hint)
            return None
        finally:
            self._spent_s += self.clock() - started

    def _hindrance(self) -> str | None:
        if self.session.is_closed:
            return "the connection is lost"
        return None if self._left_s() > 0 else "the time for reading rows was over"

    def _left_s(self) -> float:
        return self.limits.total_s - self._spent_s

    def _give_up(self, name: TableName, what: str, reason: str, hint: str) -> None:
        self._refused.add((name, what))
        subject, told = f"rows of {name}", f"{hint} {_UNKNOWN}".strip()
        lack = SnapshotLack(subject=subject, reason=reason, hint=told)
        if lack not in self.lacks:
            self.lacks.append(lack)

    def _extent(self, known: Sampled, wanted_rows: int) -> Extent:
        """Return as many blocks as hold the wanted rows, if that is not too much to read."""
        wanted = min(wanted_rows / known.rows, self.limits.blocks / known.blocks, 1.0)
        return Extent(
            table=known.table.name,
            percent=100.0 * wanted,
            most_rows=int(max(wanted_rows, known.rows * wanted) * self.limits.surplus) + 1,
            longest_s=min(self.limits.query_s, self._left_s()),
        )

    def _counted(self, known: Sampled, extent: Extent, rows: int) -> float | None:
        """Note how many rows came, and return their share; None where they tell nothing."""
        name = known.table.name
        self.rows_read[name] = max(rows, self.rows_read.get(name, 0))
        if rows >= extent.most_rows:
            hint = f"ANALYZE {name};"
            for each in ("rows", "entries", "predicates"):
                self._give_up(name, each, "it has far more rows than its statistics say", hint)
            return None
        if rows == 0:
            return None
        return 1.0 if extent.percent >= _ALL else min(1.0, rows / known.rows)

    def _read_rows(self, known: Sampled) -> SampledRows | None:
        if not known.columns:
            return None
        extent = self._extent(known, self.limits.rows)
        records = read_rows(self.session, extent, known.columns)
        fraction = self._counted(known, extent, len(records))
        if fraction is None:
            return None
        hashes = np.array([each.integers("hashes") for each in records], np.int64)
        widths = np.array([each.integers("widths") for each in records], np.int64)
        return SampledRows(
            fraction=fraction,
            blocks=_told_apart(np.array([_block(each) for each in records], np.int64)),
            hashes=dict(zip(known.columns, map(_told_apart, hashes.T), strict=True)),
            widths={
                name: self._in_index(extent, name, each)
                for name, each in zip(known.columns, widths.T, strict=True)
            },
        )

    def _in_index(
        self, extent: Extent, column: str, stored: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return how long values are in an index, which compresses some that the table does not."""
        if stored.min() >= _NULL:
            return stored
        found = read_long(self.session, extent, column)
        share = compressed_share(found.number("characters"), found.number("grams"))
        compressed = np.ceil(-stored * share).astype(np.int64)
        return np.where(stored < _NULL, compressed, stored)

    def _read_entries(self, known: Sampled, key: IndexKey) -> SampledEntries | None:
        column = known.table.column(key.text)
        kind = entry_kind(key, column) if column is not None else None
        if kind is None:
            return None
        extent = self._extent(known, self.limits.entry_rows)
        records = read_entries(self.session, extent, key, kind)
        rows = records[0].integer("sampled_rows") if records else 0
        fraction = self._counted(known, extent, rows)
        if fraction is None:
            return None
        return SampledEntries(rows=rows, fraction=fraction, classes=_classes(records))

    def _read_matches(self, known: Sampled, predicate: str) -> SampledMatches | None:
        extent = self._extent(known, self.limits.rows)
        found = read_matches(self.session, extent, predicate)
        rows = found.integer("rows")
        if self._counted(known, extent, rows) is None:
            return None
        return SampledMatches(rows=rows, matching=found.integer("matching"))


def compressed_share(characters: float, grams: float) -> float:
    """Return to what share of their length texts compress, as far as repetition tells.

    PostgreSQL's own method (pg_lzcompress.c) writes a byte and a bit for what did not occur
    before, and two or three bytes for a repetition of 3 to 273 bytes. Repetitions are taken to be
    the longer the fewer groups of four characters are different.

    Args:
        characters: Length of all texts.
        grams: Different groups of four characters, counted in each text.
    """
    if grams <= 0:
        return 1.0
    repeated = max(characters - grams, 0.0)
    length = min(_LONGEST_MATCH, 4.0 * characters / grams)
    return min(1.0, (grams * _LITERAL_BYTES + repeated / length * _MATCH_BYTES) / characters)


def _told_apart(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return small numbers in place of the values: more is not needed of them."""
    _, places = np.unique(values, return_inverse=True)
    return places.astype(np.int64)


def _block(record: Record) -> int:
    return (record.integer("part") << _BLOCK_BITS) + record.integer("block")


def _classes(records: Sequence[Record]) -> tuple[KeyClass, ...]:
    return tuple(
        KeyClass(
            keys=each.integer("keys"),
            rows=each.integer("rows"),
            blocks=each.integer("blocks"),
            width=each.number("width"),
            group=each.integer("kind"),
        )
        for each in records
    )
