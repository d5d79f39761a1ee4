"""Slots of statistics keep their numbers and lose their values."""

from dataclasses import replace

import pytest

from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind, StatisticSlot
from aegis_cli.sources.postgres.redaction.replacements import Replacements
from aegis_cli.sources.postgres.redaction.values import (
    ColumnType,
    learn,
    redacted,
    type_of_expression,
)

TODAY = "2026-05-06T07:08:09Z"
TEXT = ColumnType(name="text")


def column(*slots: StatisticSlot) -> ColumnStatistics:
    """Return statistics of a column."""
    return ColumnStatistics(
        table=TableName(schema="shop", name="t"),
        column="c",
        inherited=False,
        null_fraction=0.0,
        average_width=4,
        distinct=5.0,
        slots=slots,
    )


def redact(kind: ColumnType | None, *slots: StatisticSlot) -> list[StatisticSlot | None]:
    """Redact the slots of one column."""
    replacements = Replacements(today=TODAY, is_by_bytes=True)
    if kind is not None:
        learn(column(*slots), kind, replacements)
    return [redacted(each, kind, replacements, TODAY) for each in slots]


def test_common_values_and_bounds_are_ranked_together() -> None:
    common = StatisticSlot(kind=SlotKind.MOST_COMMON, numbers=(0.5, 0.2), values="{m,c}")
    bounds = StatisticSlot(kind=SlotKind.HISTOGRAM, values="{a,d,z}")

    assert redact(TEXT, common, bounds) == [
        replace(common, values="{3,1}"),
        replace(bounds, values="{0,2,4}"),
    ]


def test_bounds_ascend_even_under_a_collation_that_we_do_not_know() -> None:
    (found,) = redact(TEXT, StatisticSlot(kind=SlotKind.HISTOGRAM, values="{a,B,c}"))

    assert found is not None
    assert found.values == "{0,1,2}"


def test_shares_of_elements_move_with_their_elements() -> None:
    slot = StatisticSlot(
        kind=SlotKind.MOST_COMMON_ELEMENTS, numbers=(0.1, 0.2, 0.1, 0.2, 0.0), values="{a,B}"
    )

    (found,) = redact(ColumnType(name="text[]"), slot)

    assert found == replace(slot, numbers=(0.2, 0.1, 0.1, 0.2, 0.0), values="{0,1}")


def test_arrays_keep_their_lengths() -> None:
    slot = StatisticSlot(kind=SlotKind.MOST_COMMON, numbers=(0.5, 0.5), values='{"{x,y}","{y}"}')

    (found,) = redact(ColumnType(name="text[]"), slot)

    assert found is not None
    assert found.values == '{"{0,1}","{1}"}'


def test_words_of_a_text_search_are_text() -> None:
    slot = StatisticSlot(kind=SlotKind.MOST_COMMON_ELEMENTS, values="{one,two}")

    (found,) = redact(ColumnType(name="tsvector"), slot)

    assert found is not None
    assert found.values == "{0,1}"


def test_histograms_of_ranges_are_replaced_by_place() -> None:
    lengths = StatisticSlot(kind=SlotKind.RANGE_LENGTHS, numbers=(0.0,), values="{10,10,400}")
    bounds = StatisticSlot(kind=SlotKind.RANGE_BOUNDS, values='{"[7,17)","[9,400)"}')

    first, second = redact(ColumnType(name="int4range"), lengths, bounds)

    assert first is not None
    assert second is not None
    assert (first.numbers, first.values) == ((0.0,), "{0,1,2}")
    assert second.values == r'{"[\"0\",\"1\")","[\"1\",\"2\")"}'


def test_correlation_stays() -> None:
    slot = StatisticSlot(kind=SlotKind.CORRELATION, numbers=(0.7,), operator="<(text,text)")

    assert redact(TEXT, slot) == [slot]


@pytest.mark.parametrize(
    ("kind", "slot"),
    [
        (ColumnType(name="point"), StatisticSlot(kind=SlotKind.MOST_COMMON, values='{"(1,2)"}')),
        (None, StatisticSlot(kind=SlotKind.MOST_COMMON, values="{a}")),
        (TEXT, StatisticSlot(kind=102, numbers=(127.1, 37.5))),
        (ColumnType(name="text[]"), StatisticSlot(kind=1, values='{"{{a},{b}}"}')),
        (ColumnType(name="date"), StatisticSlot(kind=1, values='{"0044-03-15 BC"}')),
    ],
)
def test_what_has_no_safe_stand_in_is_left_out(
    kind: ColumnType | None, slot: StatisticSlot
) -> None:
    assert redact(kind, slot) == [None]


@pytest.mark.parametrize(
    ("operator", "kind"),
    [
        ("=(text,text)", ColumnType(name="text")),
        ("=(boolean,boolean)", ColumnType(name="boolean", is_public=True)),
        (
            "=(timestamp without time zone,timestamp without time zone)",
            ColumnType(name="timestamp without time zone"),
        ),
        ("=(anyarray,anyarray)", None),
        (None, None),
    ],
)
def test_the_type_of_an_expression_is_read_from_its_operator(
    operator: str | None, kind: ColumnType | None
) -> None:
    found = type_of_expression(column(StatisticSlot(kind=1, operator=operator)))

    assert found == kind
