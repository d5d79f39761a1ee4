"""Arrays are read and written as PostgreSQL does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sources.postgres.redaction.arrays import UnreadableArray, format_array, parse_array


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("{}", ()),
        ("{a,b}", ("a", "b")),
        ('{"a b","c,d"}', ("a b", "c,d")),
        (r'{"a\"b","c\\d"}', ('a"b', r"c\d")),
        ("{NULL,null}", (None, None)),
        ('{"NULL"}', ("NULL",)),
        ('{""}', ("",)),
        ('{"{1,2}","{3}"}', ("{1,2}", "{3}")),
        ("{1.5,-2e10}", ("1.5", "-2e10")),
        ('{"two\nlines"}', ("two\nlines",)),
    ],
)
def test_items_are_read(text: str, items: tuple[str | None, ...]) -> None:
    assert parse_array(text) == items


@pytest.mark.parametrize("text", ["", "a", "{{1},{2}}", '{"a', "{a,,b}", '{"a"b}', "[0:1]={1,2}"])
def test_what_is_no_plain_array_is_refused(text: str) -> None:
    with pytest.raises(UnreadableArray):
        parse_array(text)


def test_a_refusal_does_not_repeat_the_text() -> None:
    with pytest.raises(UnreadableArray) as caught:
        parse_array("{{SECRET}}")

    assert "SECRET" not in str(caught.value)


@given(st.lists(st.none() | st.text(), max_size=5).map(tuple))
def test_what_is_written_is_read_again(items: tuple[str | None, ...]) -> None:
    assert parse_array(format_array(items)) == items
