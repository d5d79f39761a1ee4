"""A record gives values of the type that was asked for, or says what is wrong with the query."""

import pytest

from aegis_cli.sources.postgres.record import Record

ROW = Record(
    {"name": 0, "size": 1, "share": 2, "flag": 3, "nothing": 4, "names": 5, "shares": 6},
    ("orders", 7, 0.5, True, None, ["a", "b"], ["0.25", "NaN"]),
)


def test_values_come_as_their_types() -> None:
    assert ROW.text("name") == "orders"
    assert ROW.integer("size") == 7
    assert ROW.number("share") == 0.5
    assert ROW.number("size") == 7.0
    assert ROW.flag("flag") is True
    assert ROW.texts("names") == ("a", "b")


def test_null_is_none_where_that_is_expected() -> None:
    assert ROW.optional_text("nothing") is None
    assert ROW.optional_integer("nothing") is None
    assert ROW.optional_number("nothing") is None
    assert ROW.optional_numbers("nothing") is None
    assert ROW.texts("nothing") == ()
    assert ROW.integers("nothing") == ()


def test_optional_values_come_as_their_types() -> None:
    assert ROW.optional_text("name") == "orders"
    assert ROW.optional_integer("size") == 7
    assert ROW.optional_number("share") == 0.5


def test_numbers_are_read_from_their_text() -> None:
    numbers = ROW.optional_numbers("shares")

    assert numbers is not None
    assert numbers[0] == 0.25
    assert numbers[1] != numbers[1]


@pytest.mark.parametrize(
    ("read", "column"),
    [
        (Record.text, "size"),
        (Record.text, "nothing"),
        (Record.integer, "flag"),
        (Record.integer, "share"),
        (Record.number, "flag"),
        (Record.number, "name"),
        (Record.flag, "size"),
        (Record.texts, "name"),
    ],
)
def test_another_type_is_a_mistake_that_names_the_column(read: object, column: str) -> None:
    assert callable(read)
    with pytest.raises(TypeError, match=column):
        read(ROW, column)


def test_an_unknown_column_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        ROW.text("nosuch")
