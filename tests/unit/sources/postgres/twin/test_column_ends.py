"""Entries of an index hold values as the server stores them."""

import struct

import pytest

from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName
from aegis_cli.sources.postgres.twin.column_ends import Ends, stored_numeric, stored_text
from aegis_cli.sources.postgres.twin.index_heads import outer_entries
from aegis_cli.sources.postgres.twin.pages import btree_entry

TABLE = TableName(schema="public", name="visit")
ENDS = {
    "id": Ends(low=struct.pack("=q", 1), high=struct.pack("=q", 9)),
    "name": Ends(low=b"\x05a", high=b"\x05z", is_varying=True),
}


def index(
    *keys: IndexKey, include: tuple[str, ...] = (), where: str | None = None
) -> IndexDefinition:
    """Return a definition."""
    return IndexDefinition(table=TABLE, keys=keys, include=include, predicate=where)


def test_an_entry_of_one_column_is_a_header_and_the_value() -> None:
    entry = btree_entry(struct.pack("=q", 77), 1, columns=1, is_varying=False)

    assert entry == struct.pack("=HHHHq", 0, 0, 1, 16, 77)


def test_further_columns_are_null() -> None:
    entry = btree_entry(struct.pack("=q", 77), 2, columns=3, is_varying=False)

    assert entry == struct.pack("=HHHHIxxxxq", 0, 0, 2, 24 | 0x8000, 1, 77)


def test_values_of_varying_length_are_marked_and_aligned() -> None:
    entry = btree_entry(b"\x05a", 1, columns=1, is_varying=True)

    assert entry == struct.pack("=HHHH", 0, 0, 1, 16 | 0x4000) + b"\x05a".ljust(8, b"\0")


def test_the_outer_entries_are_in_the_order_of_the_index() -> None:
    up = outer_entries(index(IndexKey(text="id")), ENDS)
    down = outer_entries(index(IndexKey(text="id", descending=True)), ENDS)

    assert [struct.unpack_from("=q", each, 8)[0] for each in up] == [1, 9]
    assert [struct.unpack_from("=q", each, 8)[0] for each in down] == [9, 1]
    assert [struct.unpack_from("=H", each, 4)[0] for each in up] == [1, 2]


@pytest.mark.parametrize(
    "definition",
    [
        index(IndexKey(text="unknown")),
        index(IndexKey(text="id", is_expression=True)),
        index(IndexKey(text="id"), where="id > 5"),
    ],
)
def test_without_known_ends_there_are_no_entries(definition: IndexDefinition) -> None:
    assert outer_entries(definition, ENDS) == ()


def test_payload_counts_as_columns() -> None:
    (first, _) = outer_entries(index(IndexKey(text="name"), include=("id",)), ENDS)

    assert struct.unpack_from("=H", first, 6)[0] == 24 | 0xC000


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        # 12.5: digits 12 and 5000, weight 0, scale 1.
        ((2, 0, 0, 1, 12, 5000), (0x8000 | 1 << 7, 12, 5000)),
        # -0.0001: one digit of weight -1.
        ((1, -1, 0x4000, 4, 1), (0x8000 | 0x2000 | 4 << 7 | 0x40 | 0x3F, 1)),
        ((0, 0, 0, 0), (0x8000,)),
    ],
)
def test_numerics_are_stored_in_their_short_form(
    sent: tuple[int, ...], stored: tuple[int, ...]
) -> None:
    value = stored_numeric(struct.pack(f">hhHh{len(sent) - 4}h", *sent))

    body = struct.pack(f"=H{len(stored) - 1}h", *stored)
    assert value == bytes([(len(body) + 1) << 1 | 1]) + body


@pytest.mark.parametrize("sent", [(0, 0, 0xC000, 0), (1, 70, 0, 0, 1), (1, 0, 0, 64, 1)])
def test_other_numerics_are_left_out(sent: tuple[int, ...]) -> None:
    assert stored_numeric(struct.pack(f">hhHh{len(sent) - 4}h", *sent)) is None


def test_texts_have_their_length_before_them() -> None:
    assert stored_text(b"abc") == b"\x09abc"
    assert stored_text(b"x" * 101) is None
