"""Places of marks: what numpy's own function says, for any length and density."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.places import places_of


@given(st.lists(st.booleans(), max_size=70))
def test_finds_every_mark(marks: list[bool]) -> None:
    array = np.array(marks, np.bool_)

    assert places_of(array).tolist() == [at for at, each in enumerate(marks) if each]


@pytest.mark.parametrize("skipped", range(9))
def test_marks_may_begin_anywhere_in_memory(skipped: int) -> None:
    marks = np.arange(1000) % 7 == 0

    assert places_of(marks[skipped:]).tolist() == np.flatnonzero(marks[skipped:]).tolist()
