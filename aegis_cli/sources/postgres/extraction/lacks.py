"""Say what a role could not see, in a few lines even for thousands of tables."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from aegis_cli.model.facts.catalog import TableKind
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.model.facts.statistics import ColumnStatistics
from aegis_cli.sources.postgres.extraction.tables import ReadTable

_MOST_NAMED = 10
"""Tables with a line of their own for each reason; more are counted."""

_HIDDEN = {
    "none": (
        "this role may not SELECT from it, so its statistics are hidden (pg_monitor sees none)",
        "GRANT pg_read_all_data to the role, or SELECT on the table.",
    ),
    "some": (
        "this role may SELECT from some of its columns only; statistics of the others are hidden",
        "GRANT pg_read_all_data to the role, or SELECT on the table.",
    ),
    "policy": (
        "row security is active for this role, so its statistics are hidden",
        "Connect as the owner, or as a role with BYPASSRLS.",
    ),
}
_POLICIES = (
    "its row security policies are not part of the plans",
    "Conditions that a policy adds do not count; name them in the workload's statements.",
)
_UNANALYZED = ("it was never analyzed", "Run ANALYZE{table};")
_LOCKED = (
    "another session has it locked, so its size is that of the last VACUUM or ANALYZE",
    "Try again when the ALTER TABLE, VACUUM FULL or the like is over.",
)


def table_lacks(
    tables: Sequence[ReadTable],
    statistics: Iterable[ColumnStatistics],
    *,
    is_raw: bool,
    with_statistics: bool,
) -> tuple[SnapshotLack, ...]:
    """Return what is missing of tables, the same reason summed up when it is frequent."""
    groups: dict[tuple[str, str], list[TableName]] = defaultdict(list)
    known = {each.table for each in statistics}
    for each in tables:
        name = each.table.name
        if not each.is_size_known:
            groups[_LOCKED].append(name)
        if each.has_policies:
            groups[_POLICIES].append(name)
        if not with_statistics:
            continue
        if each.readable in _HIDDEN and not is_raw:
            groups[_HIDDEN[each.readable]].append(name)
        elif _has_rows(each) and name not in known:
            groups[_UNANALYZED].append(name)
    return tuple(lack for key, names in groups.items() for lack in _named(key, names))


def _has_rows(read: ReadTable) -> bool:
    """Tell whether a table has rows of its own; an empty one has no statistics either."""
    table = read.table
    return table.kind is not TableKind.PARTITIONED and (table.size_bytes > 0 or table.rows > 0)


def _named(key: tuple[str, str], names: Sequence[TableName]) -> Iterator[SnapshotLack]:
    reason, hint = key
    if len(names) > _MOST_NAMED:
        shown = ", ".join(str(each) for each in names[:_MOST_NAMED])
        subject = f"{len(names)} tables ({shown}, …)"
        yield SnapshotLack(subject=subject, reason=reason, hint=hint.format(table=""))
        return
    for each in names:
        quoted = f" {_quoted(each.schema)}.{_quoted(each.name)}"
        yield SnapshotLack(subject=str(each), reason=reason, hint=hint.format(table=quoted))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
