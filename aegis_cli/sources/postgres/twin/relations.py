"""Relations of the twin by the server's numbers, and the sizes they are made to have."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from aegis_cli.embedded.session import Session
from aegis_cli.model.facts.indexes import IndexMethod
from aegis_cli.sources.postgres.twin.queries import text_of

_BLOCKS = 2**31 - 1
"""The greatest `relpages` that fits its type; no relation has more than twice as many."""
_RANGE = re.compile(r"\bpages_per_range=(\d+)")
_DEFAULT_PAGES_PER_RANGE = 128
_WITH_FILE = frozenset("ri")
_UNKNOWN_ROWS_SINCE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table or an index as the twin's catalog has it."""

    schema: str
    name: str
    oid: int
    file: int
    """Number of its own, empty file; 0 for a partitioned one."""
    kind: str
    method: str
    options: str
    table: int
    """The table an index is on; 0 for a table."""

    @property
    def has_file(self) -> bool:
        """Tell whether it stores rows itself."""
        return self.kind in _WITH_FILE

    @property
    def index_method(self) -> IndexMethod:
        """Return the access method of an index."""
        known = {each.value for each in IndexMethod}
        return IndexMethod(self.method) if self.method in known else IndexMethod.OTHER

    @property
    def pages_per_range(self) -> int:
        """Return how many pages of the table an entry of a BRIN index sums up."""
        match = _RANGE.search(self.options)
        return int(match[1]) if match else _DEFAULT_PAGES_PER_RANGE


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogSize:
    """A row of `pg_class` as it shall be."""

    relation: int
    file: int
    pages: int
    """As of the last VACUUM or ANALYZE; the file may be larger by now."""
    rows: float
    visible_pages: int = 0


def relations_of(admin: Session) -> tuple[Relation, ...]:
    """Read all tables and indexes."""
    return tuple(
        Relation(
            schema=str(schema),
            name=str(name),
            oid=_whole(oid),
            file=_whole(file),
            kind=str(kind),
            method=str(method),
            options=str(options),
            table=_whole(table),
        )
        for schema, name, oid, file, kind, method, options, table in admin.execute(
            text_of("relations")
        )
    )


def set_sizes(admin: Session, sizes: Iterable[CatalogSize], *, major: int) -> None:
    """Write sizes into the catalog.

    Args:
        admin: A superuser's session.
        sizes: Of any number of relations.
        major: The twin's version: before 14 there is no row count for "unknown".
    """
    unknown = -1.0 if major >= _UNKNOWN_ROWS_SINCE else 0.0
    rows = [
        {
            "relation": each.relation,
            "file": each.file,
            "pages": min(each.pages, _BLOCKS),
            "row_count": each.rows if each.rows >= 0 else unknown,
            "visible_pages": min(each.visible_pages, _BLOCKS),
        }
        for each in sizes
    ]
    if rows:
        admin.execute(text_of("set_sizes"), {"rows": json.dumps(rows)})


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
