"""Stand-ins are of their type, ascend, and are no real values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sources.postgres.redaction.ordering import key_of
from aegis_cli.sources.postgres.redaction.replacements import Replacements
from aegis_cli.sources.postgres.redaction.stand_ins import Wanted, base_of, stand_in

TODAY = "2026-05-06T07:08:09Z"


def made(type_name: str, count: int, *values: str) -> list[str] | None:
    """Return all stand-ins of a type."""
    make = stand_in(Wanted(type_name=type_name, count=count, values=values, today=TODAY))
    return None if make is None else [make(rank) for rank in range(count)]


@pytest.mark.parametrize(
    ("type_name", "expected"),
    [
        ("integer", ["0", "1", "2"]),
        ("bigint", ["0", "1", "2"]),
        ("numeric", ["0", "1", "2"]),
        ("numeric(4,2)", ["-0.01", "0.00", "0.01"]),
        ("numeric(4,0)", ["-1", "0", "1"]),
        ("text", ["0", "1", "2"]),
        ("character varying(20)", ["0", "1", "2"]),
        ("character(1)", ["0", "1", "2"]),
        ('"char"', ["0", "1", "2"]),
        ("interval", ["0 days", "1 days", "2 days"]),
        ("bytea", [r"\x00000000", r"\x00000001", r"\x00000002"]),
        ("bit(4)", ["0000", "0001", "0010"]),
        ("inet", ["10.0.0.0/32", "10.0.0.1/32", "10.0.0.2/32"]),
        ("jsonb", ["0", "1", "2"]),
        ("int4range", ['["0","1")', '["1","2")', '["2","3")']),
        ("time without time zone", ["00:00:00.000000", "07:59:59.666666", "15:59:59.333332"]),
        ("date", ["1950-01-01", "1966-01-01", "1983-01-01"]),
    ],
)
def test_each_type_has_values_of_its_own(type_name: str, expected: list[str]) -> None:
    assert made(type_name, 3) == expected


@pytest.mark.parametrize("type_name", ["geometry", "xml", "shop.money_pair", "point", "tsquery"])
def test_a_type_without_a_safe_value_has_none(type_name: str) -> None:
    assert made(type_name, 3) is None


@pytest.mark.parametrize(
    ("type_name", "count", "is_possible"),
    [
        ("character(1)", 36, True),
        ("character(1)", 37, False),
        ("character varying(2)", 36 * 36, True),
        ("character varying(2)", 36 * 36 + 1, False),
        ("smallint", 65_000, True),
        ("smallint", 65_535, False),
        ("bit(3)", 8, True),
        ("bit(3)", 9, False),
        ("numeric(2,1)", 199, True),
        ("numeric(2,1)", 200, False),
    ],
)
def test_a_type_with_too_few_values_has_none(
    type_name: str, count: int, *, is_possible: bool
) -> None:
    assert (made(type_name, count) is not None) is is_possible


def test_smallints_use_both_sides_of_zero() -> None:
    values = made("smallint", 60_000)

    assert values is not None
    assert (int(values[0]), int(values[-1])) == (-30_000, 29_999)


def test_dates_stay_in_their_year_and_in_the_past() -> None:
    assert made("date", 3, "1987-03-14", "2026-01-02", "2026-05-06") == [
        "1987-01-01",
        "2026-01-01",
        "2026-03-05",
    ]


def test_dates_of_the_future_may_stay_there() -> None:
    values = made("date", 3, "2026-02-01", "2026-03-01", "2026-12-24")

    assert values is not None
    assert values[-1] > "2026-05-06"


def test_moments_without_end_stay() -> None:
    values = made("timestamp with time zone", 3, "-infinity", "2020-05-05 05:05:05+00", "infinity")

    assert values == ["-infinity", "2020-01-01 00:00:00+00", "infinity"]


def test_every_day_of_a_leap_year_has_a_stand_in() -> None:
    days = [f"2024-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 32)]

    values = made("date", len(days), *days)

    assert values is not None
    assert values == sorted(values)


_TYPES = st.sampled_from(
    [
        ("integer", st.integers(0, 300).map(str)),
        ("text", st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=3)),
        ("date", st.dates().map(str)),
        ("timestamp without time zone", st.datetimes().map(lambda each: str(each)[:19])),
        ("uuid", st.uuids().map(str)),
        ("numeric(5,2)", st.decimals(-999, 999, places=2).map(str)),
    ]
)


@given(st.data())
def test_order_is_kept_and_equal_values_stay_equal(data: st.DataObject) -> None:
    type_name, values = data.draw(_TYPES)
    real = data.draw(st.lists(values, min_size=1, max_size=40))
    replacements = Replacements(today=TODAY, is_by_bytes=True)
    replacements.learn(type_name, real)

    ranks = [replacements.rank(type_name, each) for each in real]
    stand_ins = {each: replacements.make(type_name, each) for each in ranks if each is not None}

    assert None not in ranks
    assert len(set(stand_ins.values())) == len(set(ranks)) == len(set(real))
    key = key_of(base_of(type_name), is_by_bytes=True)
    found = [key(stand_ins[each] or "") for each in sorted(stand_ins)]
    assert found == sorted(each for each in found if each is not None)


@given(st.lists(st.integers(0, 99), min_size=1, max_size=50))
def test_no_stand_in_is_a_real_value(numbers: list[int]) -> None:
    real = {str(each) for each in numbers}
    replacements = Replacements(today=TODAY, is_by_bytes=True)
    replacements.learn("integer", real)

    made = {replacements.make("integer", rank) for rank in range(len(real))}

    assert not made & real


def test_a_date_moves_to_another_day_where_there_are_enough() -> None:
    replacements = Replacements(today=TODAY, is_by_bytes=True)
    real = [f"1987-01-{day:02d}" for day in range(1, 32)]
    replacements.learn("date", real)

    made = {replacements.make("date", rank) for rank in range(len(real))}

    assert len(made) == len(real)
    assert not made & set(real)
