"""Extended statistics are turned from the server's text into the server's bytes."""

import struct

import pytest

from aegis_cli.sources.postgres.twin.most_common import most_common_types
from aegis_cli.sources.postgres.twin.statistics_binary import (
    dependencies_bytes,
    distinct_bytes,
)


def test_numbers_of_distinct_values() -> None:
    told = distinct_bytes('{"1, 2": 300, "1, 2, -1": 20000}')

    assert told == (
        struct.pack("=III", 0xA352BFA4, 1, 2)
        + struct.pack("=dihh", 300.0, 2, 1, 2)
        + struct.pack("=dihhh", 20000.0, 3, 1, 2, -1)
    )


def test_functional_dependencies() -> None:
    told = dependencies_bytes('{"5 => 6": 1.000000, "5, 6 => 7": 0.250000}')

    assert told == (
        struct.pack("=III", 0xB4549A2C, 1, 2)
        + struct.pack("=dhhh", 1.0, 2, 5, 6)
        + struct.pack("=dhhhh", 0.25, 3, 5, 6, 7)
    )


@pytest.mark.parametrize("text", ["", "{}", "nonsense", '{"a": 1}'])
def test_other_texts_are_none(text: str) -> None:
    assert distinct_bytes(text) is None
    assert dependencies_bytes(text) is None


def test_types_of_most_common_values() -> None:
    head = struct.pack("=IIIH", 0xE1A651C2, 1, 100, 2)

    assert most_common_types(head + struct.pack("=II", 25, 1042) + b"rest") == (25, 1042)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"short",
        struct.pack("=IIIH", 1, 1, 100, 0),
        struct.pack("=IIIH", 0xE1A651C2, 2, 100, 0),
        struct.pack("=IIIH", 0xE1A651C2, 1, 100, 5),
    ],
)
def test_other_bytes_are_no_list_of_most_common_values(data: bytes) -> None:
    assert most_common_types(data) is None
