"""Parameters get values that the statistics make likely, and shares that add up."""

# ruff: noqa: S608 - statements are only read here, never run

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.indexing.constants import planned_texts
from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.index_workload import ConstantsOrigin, PlannedText
from aegis_cli.sqltext.access import accesses_of
from aegis_cli.sqltext.plannable import SingleStatement, single_statement
from tests.unit.indexing.shop_snapshot import a_shop

_BOOK = TableBook(a_shop())


def _columns_of(name: str) -> frozenset[str] | None:
    found = _BOOK.find(name)
    if found is None:
        return None
    return frozenset(each.name for each in _BOOK.facts(found).table.columns)


def _planned(
    condition: str, *, rows_per_call: float | None = None, has_folded_lists: bool = False
) -> tuple[PlannedText, ...]:
    sql = f"SELECT id FROM orders WHERE {condition}"
    return planned_texts(
        sql,
        accesses_of(sql, _columns_of),
        _BOOK,
        rows_per_call=rows_per_call,
        has_folded_lists=has_folded_lists,
    )


def _conditions(texts: tuple[PlannedText, ...]) -> list[str]:
    return [each.text.partition(" WHERE ")[2] for each in texts]


def test_a_statement_without_parameters_is_known() -> None:
    assert _planned("id = 5") == (
        PlannedText(
            text="SELECT id FROM orders WHERE id = 5",
            share=1.0,
            constants=ConstantsOrigin.KNOWN,
        ),
    )


@pytest.mark.parametrize(
    "condition",
    ["note = $1", "lower(status) = $1", "nosuch = $1", "status = lower($1)", "tags = $1"],
)
def test_where_nothing_is_known_the_parameter_stays_open(condition: str) -> None:
    (text,) = _planned(condition)

    assert (text.constants, text.share) == (ConstantsOrigin.GENERIC, 1.0)
    assert text.text.endswith(condition)


def test_a_skewed_column_gets_its_common_and_its_rare_values() -> None:
    texts = _planned("status = $1")

    assert _conditions(texts) == ["status = 'done'", "status = 'open'"]
    assert [each.constants for each in texts] == [ConstantsOrigin.SAMPLED] * 2
    # Half by the rows (0.9 and 0.1), half for each of the three values alike.
    assert texts[0].share == pytest.approx((0.9 + 1 / 3) / 2, abs=1e-9)
    assert sum(each.share for each in texts) == pytest.approx(1.0)


def test_a_unique_column_gets_one_typical_value() -> None:
    (text,) = _planned("id = $1")

    assert _conditions((text,)) == ["id = '500000'::bigint"]
    assert text.share == 1.0


def test_a_lower_bound_selects_little_more_and_much() -> None:
    texts = _planned("created_at > $1")

    days = [re.findall(r"2024-01-(\d\d)", each)[0] for each in _conditions(texts)]
    assert days == ["20", "16", "11"]
    assert [each.share for each in texts] == [0.5, 0.3, 0.2]


def test_an_upper_bound_mirrors_a_lower_one() -> None:
    days = [re.findall(r"-(\d\d) ", each)[0] for each in _conditions(_planned("created_at <= $1"))]

    assert days == ["02", "06", "11"]


@pytest.mark.parametrize(
    "condition", ["created_at BETWEEN $1 AND $2", "created_at >= $1 AND created_at < $2"]
)
def test_two_bounds_select_a_narrow_range_in_the_middle(condition: str) -> None:
    texts = _planned(condition)

    ranges = [tuple(map(int, re.findall(r"-(\d\d) ", each))) for each in _conditions(texts)]
    assert ranges == [(11, 11), (10, 12), (9, 13)] or all(low <= high for low, high in ranges)
    assert ranges[-1][1] - ranges[-1][0] == 4
    assert sum(each.share for each in texts) == pytest.approx(1.0)


def test_items_of_a_list_differ() -> None:
    (condition,) = _conditions(_planned("user_id IN ($1, $2, $3)"))

    values = re.findall(r"'(\d+)'", condition)
    assert len(set(values)) == 3


def test_an_array_gets_several_values() -> None:
    (condition,) = _conditions(_planned("user_id = ANY ($1)"))

    assert re.fullmatch(r"user_id = ANY \('\{\"7\".*\}'::bigint\[\]\)", condition)


def test_a_folded_list_stands_for_several_items() -> None:
    (folded,) = _conditions(_planned("user_id IN ($1)", has_folded_lists=True))

    assert folded.count("::bigint") == 5
    assert _conditions(_planned("user_id IN ($1)"))[0].count("::bigint") == 1


def test_elements_of_arrays_are_looked_for() -> None:
    assert _conditions(_planned("tags @> $1")) == ["tags @> '{\"red\"}'::text[]"]


def test_a_pattern_is_a_beginning_or_a_part_of_a_value() -> None:
    assert _conditions(_planned("status LIKE $1")) == ["status LIKE 'don%'", "status LIKE '%don%'"]
    assert _conditions(_planned("status ILIKE $1")) == ["status ILIKE '%don%'"]


def test_a_limit_is_as_long_as_the_rows_returned() -> None:
    assert _conditions(_planned("id = 5 LIMIT $1 OFFSET $2", rows_per_call=7.2)) == [
        "id = 5 LIMIT 8 OFFSET 0"
    ]
    assert _conditions(_planned("id = 5 LIMIT $1")) == ["id = 5 LIMIT 20"]


def test_what_stays_open_is_numbered_without_gaps() -> None:
    (text, _) = _planned("note = $2 AND status = $1 AND note <> $3")

    assert text.constants is ConstantsOrigin.SAMPLED
    assert _conditions((text,)) == ["note = $1 AND status = 'done' AND note <> $2"]


def test_a_parameter_used_twice_gets_one_value() -> None:
    first, _ = _planned("status = $1 OR status = $1")

    assert _conditions((first,)) == ["status = 'done' OR status = 'done'"]


def test_the_same_statistics_give_the_same_texts() -> None:
    condition = "status = $1 AND user_id = $2 AND created_at > $3"

    assert _planned(condition) == _planned(condition)


_PARTS = st.sampled_from(
    (
        *("status = ${}", "user_id = ${}", "created_at > ${}", "created_at < ${}", "note = ${}"),
        *("id = ANY (${})", "tags @> ${}", "status LIKE ${}", "lower(note) = ${}", "id <> ${}"),
    )
)


@given(st.lists(_PARTS, min_size=1, max_size=6))
def test_every_text_can_be_planned_and_shares_add_up(parts: list[str]) -> None:
    condition = " AND ".join(each.format(number) for number, each in enumerate(parts, 1))

    texts = _planned(condition)

    assert sum(each.share for each in texts) == pytest.approx(1.0)
    assert len(texts) <= 3
    for each in texts:
        found = single_statement(each.text)
        assert isinstance(found, SingleStatement)
        assert found.is_planned
