"""Writes the statistics of columns into `pg_statistic` of the twin."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import psycopg2

from aegis_cli.embedded.session import Row, Session
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind, StatisticSlot
from aegis_cli.sources.postgres.twin.lacks import Lacks, first_line
from aegis_cli.sources.postgres.twin.queries import text_of

_SLOTS = 5
_BATCH = 200
_NO_OID = 0
_FLOAT8, _FLOAT8_LESS = 701, 672
"""The type of range lengths and its operator `<`; numbers of built-in objects never change."""
_SORTED_BY_LESS = frozenset({SlotKind.HISTOGRAM, SlotKind.CORRELATION})
_OF_ELEMENTS = frozenset({SlotKind.MOST_COMMON_ELEMENTS, SlotKind.DISTINCT_ELEMENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attribute:
    """A column on the twin, by the server's numbers."""

    relation: int
    number: int
    collation: int
    type: int
    element: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operators:
    less: int = _NO_OID
    equal: int = _NO_OID


class StatisticsWriter:
    """Turns statistics of a snapshot into rows of the twin's catalog."""

    def __init__(self, admin: Session, lacks: Lacks) -> None:
        """Look up the columns that exist on the twin."""
        self._admin = admin
        self._lacks = lacks
        rows = admin.execute(text_of("attributes"))
        self._attributes = {
            (str(row[0]), str(row[1]), str(row[2])): _attribute(row) for row in rows
        }
        self._operators = self._sort_operators()
        self._types: dict[str, int | None] = {}
        self._named_operators: dict[str, int | None] = {}

    def write(self, statistics: Iterable[ColumnStatistics], unknown: frozenset[str]) -> None:
        """Write all statistics; those of columns with a stand-in type without their values.

        Args:
            statistics: Of columns that may or may not exist on the twin.
            unknown: `schema.table.column` of each column with a stand-in type.
        """
        batch: list[tuple[ColumnStatistics, _Attribute]] = []
        for each in statistics:
            attribute = self._attributes.get((each.table.schema, each.table.name, each.column))
            if attribute is None:
                continue
            known = replace(each, slots=()) if f"{each.table}.{each.column}" in unknown else each
            batch.append((known, attribute))
            if len(batch) == _BATCH:
                self._write_batch(batch)
                batch = []
        self._write_batch(batch)

    def _write_batch(self, batch: Sequence[tuple[ColumnStatistics, _Attribute]]) -> None:
        """Write many columns at once, or one by one to learn which of them fails."""
        if not batch or self._insert([self._row(*each) for each in batch]) is None:
            return
        for statistics, attribute in batch:
            reason = self._insert([self._row(statistics, attribute)])
            if reason:
                self._write_what_fits(statistics, attribute, reason)

    def _write_what_fits(
        self, statistics: ColumnStatistics, attribute: _Attribute, reason: str
    ) -> None:
        """Write the slots whose values the twin can read."""
        fitting: list[StatisticSlot] = []
        for slot in statistics.slots:
            trial = replace(statistics, slots=(*fitting, slot))
            self._admin.execute("BEGIN")
            if self._insert([self._row(trial, attribute)]) is None:
                fitting.append(slot)
            self._admin.execute("ROLLBACK")
        self._insert([self._row(replace(statistics, slots=tuple(fitting)), attribute)])
        self._lacks.add(
            f"statistics of {statistics.table}.{statistics.column}",
            f"not all of them fit the twin: {reason}",
            "Rows are estimated with less knowledge of this column.",
        )

    def _insert(self, rows: Sequence[Mapping[str, object]]) -> str | None:
        try:
            self._admin.execute(text_of("insert_statistics"), {"rows": json.dumps(rows)})
        except psycopg2.Error as error:
            if self._admin.is_closed:
                raise
            return first_line(error)
        return None

    def _row(self, statistics: ColumnStatistics, attribute: _Attribute) -> dict[str, object]:
        slots = statistics.slots[:_SLOTS]
        row: dict[str, object] = {
            "relation": attribute.relation,
            "number": attribute.number,
            "inherited": statistics.inherited,
            "null_fraction": statistics.null_fraction,
            "width": statistics.average_width,
            "distinct_values": statistics.distinct,
            "kinds": _padded([int(each.kind) for each in slots]),
            "operators": _padded([self._operator(each, attribute) for each in slots]),
            "collations": _padded([self._collation(each, attribute) for each in slots]),
            "types": _padded([self._value_type(each, attribute) for each in slots]),
        }
        for number, slot in enumerate(slots, 1):
            row[f"numbers{number}"] = None if slot.numbers is None else list(slot.numbers)
            row[f"values{number}"] = slot.values
        return row

    def _operator(self, slot: StatisticSlot, attribute: _Attribute) -> int:
        named = self._named_operator(slot.operator) if slot.operator else None
        if named is not None:
            return named
        if slot.kind == SlotKind.RANGE_LENGTHS:
            return _FLOAT8_LESS
        of = attribute.element if slot.kind in _OF_ELEMENTS else attribute.type
        operators = self._operators.get(of, _Operators())
        if slot.kind in _SORTED_BY_LESS:
            return operators.less
        return _NO_OID if slot.kind == SlotKind.RANGE_BOUNDS else operators.equal

    def _collation(self, slot: StatisticSlot, attribute: _Attribute) -> int:
        # Only the kinds of ranges sort without a collation.
        is_range = slot.kind in {SlotKind.RANGE_LENGTHS, SlotKind.RANGE_BOUNDS}
        return _NO_OID if is_range else attribute.collation

    def _value_type(self, slot: StatisticSlot, attribute: _Attribute) -> int:
        if slot.value_type is not None:
            named = self._type(slot.value_type)
            if named is not None:
                return named
        if slot.kind == SlotKind.RANGE_LENGTHS:
            return _FLOAT8
        if slot.kind in _OF_ELEMENTS and attribute.element:
            return attribute.element
        return attribute.type

    def _type(self, name: str) -> int | None:
        if name not in self._types:
            self._types[name] = self._number("SELECT to_regtype(%s)::oid::bigint", name)
        return self._types[name]

    def _named_operator(self, name: str) -> int | None:
        if name not in self._named_operators:
            number = self._number("SELECT to_regoperator(%s)::oid::bigint", name)
            self._named_operators[name] = number
        return self._named_operators[name]

    def _number(self, query: str, name: str) -> int | None:
        try:
            ((number,),) = self._admin.execute(query, (name,))
        except psycopg2.Error:
            # A name that cannot even be read as one.
            if self._admin.is_closed:
                raise
            return None
        return number if isinstance(number, int) else None

    def _sort_operators(self) -> dict[int, _Operators]:
        types = {each.type for each in self._attributes.values()}
        types |= {each.element for each in self._attributes.values() if each.element}
        rows = self._admin.execute(text_of("sort_operators"), {"types": sorted(types)})
        return {
            _whole(type_): _Operators(less=_whole(less), equal=_whole(equal))
            for type_, less, equal in rows
        }


def _attribute(row: Row) -> _Attribute:
    relation, number, collation, type_, element = (_whole(each) for each in row[3:])
    return _Attribute(
        relation=relation, number=number, collation=collation, type=type_, element=element
    )


def _padded(numbers: list[int]) -> list[int]:
    return numbers + [0] * (_SLOTS - len(numbers))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else _NO_OID
