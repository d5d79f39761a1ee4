"""Numbers of enums in lists of most common combinations are those of the server that reads them."""

import struct

import pytest

from aegis_cli.sources.postgres.twin.most_common import most_common_types, renumbered

TEXT, ENUM, TWINS_ENUM = 25, 20_000, 30_000
LABELS = {20_002: 30_004, 20_004: 30_002}
TEXTS = b"\x04\x00\x00\x00one!"
ITEMS = struct.pack("=2H2Bdd", 0, 1, 0, 0, 0.5, 0.25)


def listed(enum: int, *labels: int) -> bytes:
    """Return a list over a text and an enum, as mcv.c writes it."""
    parts = [
        struct.pack("=IIIH", 0xE1A651C2, 1, 1, 2),
        struct.pack("=II", TEXT, enum),
        struct.pack("=iiii?3x", 1, len(TEXTS), len(TEXTS), -1, False),  # noqa: FBT003
        struct.pack("=iiii?3x", len(labels), 4 * len(labels), 0, 4, True),  # noqa: FBT003
        TEXTS,
        struct.pack(f"={len(labels)}I", *labels),
        ITEMS,
    ]
    return b"".join(parts)


def test_the_enum_and_its_labels_get_new_numbers_and_nothing_else_changes() -> None:
    found = renumbered(listed(ENUM, 20_002, 20_004), {ENUM: TWINS_ENUM}, LABELS)

    assert found == listed(TWINS_ENUM, 30_004, 30_002)


def test_a_list_without_enums_stays_as_it_is() -> None:
    data = listed(TEXT, 20_002)

    assert renumbered(data, {ENUM: TWINS_ENUM}, LABELS) == data


def test_a_label_that_is_not_known_makes_the_list_useless() -> None:
    assert renumbered(listed(ENUM, 20_006), {ENUM: TWINS_ENUM}, LABELS) is None


@pytest.mark.parametrize("length", [0, 13, 20, 40, 60, 71])
def test_a_list_that_is_cut_off_is_none(length: int) -> None:
    cut = listed(ENUM, 20_002, 20_004)[:length]

    assert renumbered(cut, {ENUM: TWINS_ENUM}, LABELS) is None


def test_types_are_read_in_the_order_of_the_columns() -> None:
    assert most_common_types(listed(ENUM, 20_002)) == (TEXT, ENUM)
