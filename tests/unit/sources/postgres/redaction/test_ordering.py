"""Values are put into the order of their type."""

import pytest

from aegis_cli.sources.postgres.redaction.ordering import key_of


def ascending(base_type: str, *values: str, is_by_bytes: bool = False) -> list[str]:
    """Sort values of a type."""
    key = key_of(base_type, is_by_bytes=is_by_bytes)
    keyed = [(key(each), each) for each in values]
    assert all(found is not None for found, _ in keyed)
    return [each for found, each in sorted((found, each) for found, each in keyed if found)]


@pytest.mark.parametrize(
    ("base_type", "values"),
    [
        ("integer", ["-10", "-9", "2", "10"]),
        ("numeric", ["-1.5", "0.001", "1e3", "NaN"]),
        ("double precision", ["-Infinity", "-0.5", "Infinity", "NaN"]),
        ("money", ["-$5.00", "$1,000.00", "$20,000.00"]),
        ("date", ["-infinity", "0999-01-01", "2024-02-29", "2024-03-01", "infinity"]),
        (
            "timestamp with time zone",
            ["2024-01-01 00:00:00+00", "2024-01-01 00:00:00.5+00", "2024-01-01 00:00:01+00"],
        ),
        ("interval", ["-1 days", "00:00:01", "1 day", "1 day 02:00:00", "1 mon", "2 years"]),
        ("inet", ["9.0.0.1", "10.0.0.1", "10.0.0.2", "::1"]),
        ("uuid", ["0a000000-0000-0000-0000-000000000000", "b0000000-0000-0000-0000-000000000000"]),
        ("text", ["apple", "Banana", "cherry"]),
    ],
)
def test_values_sort_as_the_server_sorts_them(base_type: str, values: list[str]) -> None:
    assert ascending(base_type, *reversed(values)) == values


def test_text_sorts_by_bytes_where_the_database_does() -> None:
    assert ascending("text", "apple", "Banana", is_by_bytes=True) == ["Banana", "apple"]


@pytest.mark.parametrize(
    ("base_type", "value"),
    [
        ("integer", "SECRET"),
        ("date", "0044-03-15 BC"),
        ("date", "10191-01-01"),
        ("interval", "PT5S"),
        ("inet", "not an address"),
    ],
)
def test_what_cannot_be_read_has_no_place(base_type: str, value: str) -> None:
    assert key_of(base_type, is_by_bytes=False)(value) is None
