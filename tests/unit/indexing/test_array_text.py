"""Arrays as PostgreSQL writes them."""

import pytest

from aegis_cli.indexing.array_text import elements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", []),
        ("{1,2,3}", ["1", "2", "3"]),
        ('{a,"b c",NULL,"NULL"}', ["a", "b c", "NULL"]),
        (r'{"say \"hi\"","back\\slash"}', ['say "hi"', r"back\slash"]),
        ('{"a,b","{c}"}', ["a,b", "{c}"]),
        ("{{1,2},{3,4}}", ["1", "2", "3", "4"]),
        ('{""}', [""]),
    ],
)
def test_elements_are_taken_apart(text: str, expected: list[str]) -> None:
    assert list(elements(text)) == expected
