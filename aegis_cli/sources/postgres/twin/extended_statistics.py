"""Makes objects of CREATE STATISTICS on the twin and fills in what ANALYZE computed."""

from collections.abc import Iterable

import psycopg2

from aegis_cli.embedded.session import Session
from aegis_cli.model.facts.statistics import EnumLabel, ExtendedStatistics
from aegis_cli.sources.postgres.twin.lacks import Lacks, attempt, first_line
from aegis_cli.sources.postgres.twin.most_common import most_common_types, renumbered
from aegis_cli.sources.postgres.twin.queries import text_of
from aegis_cli.sources.postgres.twin.statistics_binary import (
    dependencies_bytes,
    distinct_bytes,
)

_FIRST_USER_OID = 16_384
"""Types from here on have another number on every server."""
_INHERITED_SINCE = 15


def write_extended_statistics(
    statistics: Iterable[ExtendedStatistics],
    *,
    admin: Session,
    owner: Session,
    major: int,
    lacks: Lacks,
) -> None:
    """Make the objects as their owner and write their data as a superuser."""
    every = tuple(statistics)
    if every:
        admin.execute(text_of("extended_statistics_casts"))
    made: set[str] = set()
    for each in every:
        reason = None if each.ddl in made else attempt(owner, each.ddl)
        made.add(each.ddl)
        if reason is None:
            reason = _fill(admin, each, major, lacks)
        if reason:
            lacks.add(
                f"extended statistics {each.table.schema}.{each.name}",
                f"could not be given to the twin as a whole: {reason}",
                "Rows are estimated with less knowledge of what depends on what.",
            )


def _fill(admin: Session, statistics: ExtendedStatistics, major: int, lacks: Lacks) -> str | None:
    variant = ".15" if major >= _INHERITED_SINCE else ""
    values = {
        "schema": statistics.table.schema,
        "name": statistics.name,
        "inherited": statistics.inherited,
        "distinct": distinct_bytes(statistics.distinct or ""),
        "dependencies": dependencies_bytes(statistics.dependencies or ""),
        "most_common": _most_common(admin, statistics, lacks),
    }
    try:
        written = admin.execute(text_of(f"insert_extended_statistics{variant}"), values)
    except psycopg2.Error as error:
        if admin.is_closed:
            raise
        return first_line(error)
    if not written:
        return "its statement made an object of another name"
    return _of_expressions(admin, statistics)


def _of_expressions(admin: Session, statistics: ExtendedStatistics) -> str | None:
    """Return what is missing where the object is also on expressions, not columns alone."""
    values = {"schema": statistics.table.schema, "name": statistics.name}
    if not admin.execute(text_of("has_expressions"), values):
        return None
    return "the snapshot does not hold the statistics of its expressions themselves"


def _most_common(admin: Session, statistics: ExtendedStatistics, lacks: Lacks) -> bytes | None:
    """Return the list of most common values with the twin's numbers of types and labels."""
    text = statistics.most_common
    if not text:
        return None
    data = bytes.fromhex(text.removeprefix("\\x"))
    translated = _with_twins_numbers(admin, statistics.enum_labels, data)
    types = most_common_types(data) or ()
    enums = {each.type_number for each in statistics.enum_labels}
    if translated is not None and all(each < _FIRST_USER_OID or each in enums for each in types):
        return translated
    lacks.add(
        f"extended statistics {statistics.table.schema}.{statistics.name}",
        "its most common values hold types of the target that have other numbers on the twin",
        "Combinations of values are estimated without them.",
    )
    return None


def _with_twins_numbers(admin: Session, labels: Iterable[EnumLabel], data: bytes) -> bytes | None:
    """Return a list of most common values with the twin's own numbers of enums and labels."""
    types: dict[int, int] = {}
    numbers: dict[int, int] = {}
    for each in labels:
        values = {"schema": each.schema, "type": each.type_name, "label": each.label}
        for type_number, label_number in admin.execute(text_of("enum_label"), values):
            types[each.type_number] = int(str(type_number))
            numbers[each.label_number] = int(str(label_number))
    return renumbered(data, types, numbers)
