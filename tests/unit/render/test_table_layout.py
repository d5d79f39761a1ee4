"""A table uses the line it has: long texts shrink, late columns go, nothing overflows."""

from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.render.table_layout import GAP, TableLayout, lay_out

_COLUMNS = st.lists(st.tuples(st.integers(1, 200), st.booleans()), min_size=1, max_size=15)


def test_a_table_that_fits_keeps_its_natural_widths() -> None:
    layout = lay_out([16, 50, 7], [False, False, True], 80)

    assert layout == TableLayout(shown=(0, 1, 2), widths=(16, 50, 7))


def test_a_long_text_shrinks_before_a_column_goes() -> None:
    layout = lay_out([16, 90, 7, 8], [False, False, True, True], 80)

    assert layout == TableLayout(shown=(0, 1, 2, 3), widths=(16, 43, 7, 8))


def test_the_last_columns_go_first_and_the_text_gets_their_room() -> None:
    layout = lay_out([16, 90, 7, 8, 9, 9], [False, False, True, True, True, True], 70)

    assert layout == TableLayout(shown=(0, 1, 2, 3), widths=(16, 33, 7, 8))


def test_the_first_long_text_stays_even_in_the_last_column() -> None:
    layout = lay_out([9, 9, 9, 90], [True, True, True, False], 45)

    assert layout == TableLayout(shown=(0, 3), widths=(9, 34))


@given(_COLUMNS, st.integers(1, 300))
def test_a_line_never_overflows_while_a_character_per_column_fits(
    columns: list[tuple[int, bool]], width: int
) -> None:
    layout = lay_out([size for size, _ in columns], [number for _, number in columns], width)

    length = sum(layout.widths) + GAP * (len(layout.widths) - 1)
    assert length <= max(width, len(layout.shown) + GAP * (len(layout.shown) - 1))
    assert layout.shown[0] == 0
    assert all(size >= 1 for size in layout.widths)
