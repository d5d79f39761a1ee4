"""Rows of a table that a test thought up, where a sampler would read them."""

from collections.abc import Mapping, Sequence

import numpy as np

from aegis_cli.model.facts.indexes import IndexKey, TableName
from aegis_cli.model.facts.row_samples import SampledEntries, SampledMatches, SampledRows


class KnownRows:
    """A sampler that has read all it ever will."""

    def __init__(
        self,
        rows: SampledRows | None = None,
        entries: SampledEntries | None = None,
        matches: SampledMatches | None = None,
    ) -> None:
        """Take what there is to know of any table."""
        self._rows = rows
        self._entries = entries
        self._matches = matches

    def rows(self, table: TableName) -> SampledRows | None:
        """Return the rows, of whatever table."""
        return self._rows if table.name else None

    def entries(self, table: TableName, key: IndexKey) -> SampledEntries | None:
        """Return the entries, of whatever table and key."""
        return self._entries if table.name and key.text else None

    def matches(self, table: TableName, predicate: str) -> SampledMatches | None:
        """Return the matches, of whatever table and predicate."""
        return self._matches if table.name and predicate else None


def sampled_rows(
    values: Mapping[str, Sequence[int]],
    widths: Mapping[str, Sequence[int]] | None = None,
    *,
    per_block: int = 10,
    fraction: float = 0.1,
) -> SampledRows:
    """Build rows, of which so many lie in a block; values take 4 bytes unless told otherwise."""
    count = len(next(iter(values.values())))
    return SampledRows(
        fraction=fraction,
        blocks=np.arange(count, dtype=np.int64) // per_block,
        hashes={name: np.array(each, np.int64) for name, each in values.items()},
        widths={name: np.array((widths or {}).get(name, [4] * count), np.int64) for name in values},
    )
