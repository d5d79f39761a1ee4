"""Objects of CREATE STATISTICS and what was computed for them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.model.facts.statistics import EnumLabel, ExtendedStatistics
from aegis_cli.sources.postgres.extraction.chunks import query_chunks
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession

_HINT = "GRANT SELECT ON pg_statistic_ext_data TO the role that AEGIS connects as."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadExtended:
    """Extended statistics, and what could not be read of them."""

    statistics: tuple[ExtendedStatistics, ...]
    lacks: tuple[SnapshotLack, ...]


def read_extended(session: ReadOnlySession, oids: Sequence[int], *, is_raw: bool) -> ReadExtended:
    """Return the extended statistics of tables.

    Args:
        session: The target.
        oids: Numbers of tables.
        is_raw: Whether pg_statistic_ext_data may be read.

    Raises:
        SourceError: The server is lost.
    """
    objects = {
        each.integer("oid"): each for each in query_chunks(session, "extended_statistics", oids)
    }
    name = "extended_data_raw" if is_raw else "extended_data"
    labels = _labels(session, sorted(objects)) if is_raw else {}
    found = [
        _statistics(objects[each.integer("oid")], each, tuple(labels.get(each.integer("oid"), ())))
        for each in query_chunks(session, name, sorted(objects))
        if each.integer("oid") in objects
    ]
    known = {(each.table.schema, each.name) for each in found}
    empty = [
        _statistics(each, None)
        for each in objects.values()
        if (each.text("schema"), each.text("name")) not in known
    ]
    return ReadExtended(
        statistics=(*found, *empty), lacks=tuple(_lacks(objects, known, is_raw=is_raw))
    )


def _labels(session: ReadOnlySession, oids: Sequence[int]) -> dict[int, list[EnumLabel]]:
    """Return the labels of enums by the statistics that hold them."""
    found: dict[int, list[EnumLabel]] = {}
    for each in query_chunks(session, "extended_enums", oids):
        label = EnumLabel(
            schema=each.text("schema"),
            type_name=each.text("type"),
            type_number=each.integer("type_number"),
            label=each.text("label"),
            label_number=each.integer("label_number"),
        )
        found.setdefault(each.integer("oid"), []).append(label)
    return found


def _statistics(
    declared: Record, data: Record | None, enum_labels: tuple[EnumLabel, ...] = ()
) -> ExtendedStatistics:
    return ExtendedStatistics(
        table=TableName(schema=declared.text("schema"), name=declared.text("table")),
        name=declared.text("name"),
        ddl=declared.text("ddl"),
        inherited=data.flag("inherited") if data else False,
        dependencies=data.optional_text("dependencies") if data else None,
        distinct=data.optional_text("distinct") if data else None,
        most_common=data.optional_text("most_common") if data else None,
        enum_labels=enum_labels,
    )


def _lacks(
    objects: Mapping[int, Record], known: Collection[tuple[str, str]], *, is_raw: bool
) -> Iterator[SnapshotLack]:
    for each in objects.values():
        subject = f"statistics {each.text('name')} of {each.text('schema')}.{each.text('table')}"
        if not is_raw and (each.text("schema"), each.text("name")) not in known:
            reason = "what ANALYZE computed for it is shown to the table's owner only"
            yield SnapshotLack(subject=subject, reason=reason, hint=_HINT)
        elif not is_raw and each.flag("wants_most_common"):
            reason = "its most common combinations of values are hidden from this role"
            yield SnapshotLack(subject=subject, reason=reason, hint=_HINT)
        if each.flag("has_expressions"):
            reason = "statistics of its expressions are not read"
            yield SnapshotLack(subject=subject, reason=reason, hint="")
