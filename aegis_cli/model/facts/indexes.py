"""What an index is: keys, payload, predicate, method, size."""

from dataclasses import dataclass
from enum import StrEnum


class IndexMethod(StrEnum):
    """The access methods that PostgreSQL brings; the values are the server's names."""

    BTREE = "btree"
    HASH = "hash"
    GIN = "gin"
    GIST = "gist"
    SPGIST = "spgist"
    BRIN = "brin"
    OTHER = "other"
    """An access method that an extension brought."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TableName:
    """A table's full name, unquoted."""

    schema: str
    name: str

    def __str__(self) -> str:
        """Return the name as people read it, without quotes."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexKey:
    """One key of an index: a column, or an expression over the table's columns."""

    text: str
    """The column's unquoted name, or the expression as SQL without outer parentheses."""
    is_expression: bool = False
    descending: bool = False
    nulls_first: bool | None = None
    """None is the default of the direction: last when ascending, first when descending."""
    operator_class: str | None = None
    """None is the type's default."""
    collation: str | None = None
    """As SQL, quoted where needed; None is the column's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDefinition:
    """An index as one would create it; two indexes of equal definition are duplicates."""

    table: TableName
    keys: tuple[IndexKey, ...]
    include: tuple[str, ...] = ()
    """Unquoted names of payload columns."""
    predicate: str | None = None
    """SQL of a partial index, without WHERE."""
    method: IndexMethod = IndexMethod.BTREE
    is_unique: bool = False

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Return the keys that are plain columns, in order."""
        return tuple(each.text for each in self.keys if not each.is_expression)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSize:
    """How large an index is, or would be once built."""

    pages: int
    """Of 8192 bytes, the metapage included."""
    rows: float
    """Entries, which a GIN index has more and a BRIN index fewer of than the table has rows."""
    height: int = 0
    """Levels above the leaves of a btree; 0 for other methods."""
    is_sampled: bool = False
    """Whether rows of the table were read for it; else it follows from statistics."""

    @property
    def size_bytes(self) -> int:
        """Return the size of the file."""
        return self.pages * PAGE_BYTES


PAGE_BYTES = 8192
"""PostgreSQL's block size; a server built with another one is refused when we look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HypotheticalIndex:
    """An index that does not exist, with the size it would have."""

    name: str
    definition: IndexDefinition
    size: IndexSize
