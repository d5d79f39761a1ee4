"""Find the tables that a user wants advice on or not, whatever case their names are written in."""

from collections.abc import Collection
from dataclasses import replace

from aegis_cli.indexing.heuristic.knowledge import Catalog
from aegis_cli.indexing.limits import Limits
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.report import Skipped
from aegis_cli.usecases.index_advise.lacks import unknown_tables


def narrowed(limits: Limits, tables: Catalog) -> tuple[Limits, tuple[Skipped, ...]]:
    """Return the limits with the tables' own names, and which names no table has."""
    only, unknown_only = _found(limits.only, tables)
    exclude, unknown_exclude = _found(limits.exclude, tables)
    unknown = (
        *unknown_tables(unknown_only, "--only"),
        *unknown_tables(unknown_exclude, "--exclude"),
    )
    # Unknown names stay among those to keep to, lest none of them mean all tables.
    return replace(limits, only=only | (limits.only - only), exclude=exclude), unknown


def _found(
    names: Collection[TableName], tables: Catalog
) -> tuple[frozenset[TableName], tuple[str, ...]]:
    found = {each: tables.find(str(each)) for each in names}
    known = frozenset(table.name for table in found.values() if table is not None)
    return known, tuple(sorted(each.name for each, table in found.items() if table is None))
