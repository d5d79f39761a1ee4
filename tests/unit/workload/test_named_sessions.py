"""A session that the program itself calls a unit of work is one, whatever happens in it."""

import numpy as np

from aegis_cli.workload.catalog import Role
from aegis_cli.workload.rows import Rows
from aegis_cli.workload.units import UnitOptions, find_units

WORK, BEGIN, END = Role.WORK, Role.BEGIN, Role.END


def _rows(sessions: list[int], statements: list[int]) -> Rows:
    count = len(sessions)
    nothing = np.zeros(count, np.int64)
    return Rows(
        session=np.array(sessions, np.int32),
        origin=nothing.astype(np.int32),
        at_us=np.arange(count, dtype=np.int64) * 10_000_000,
        duration_us=nothing,
        statement=np.array(statements, np.int32),
        values=nothing,
        tag=np.full(count, -1, np.int32),
        place=nothing,
        is_context=np.zeros(count, np.bool_),
    )


def test_neither_transactions_nor_pauses_part_a_named_session() -> None:
    roles = np.array([WORK, BEGIN, END], np.uint8)
    rows = _rows([1, 1, 1, 1, 1, 2, 2], [0, 1, 0, 2, 0, 0, 0])

    plain = find_units(rows, roles, UnitOptions())
    named = find_units(rows, roles, UnitOptions(), named={1})

    assert plain.unit.tolist() == [0, 1, 1, 1, 2, 3, 4]
    assert named.unit.tolist() == [0, 0, 0, 0, 0, 1, 2]
    assert named.is_tagged.tolist() == [True, False, False]
    assert named.is_transaction.tolist() == [False, False, False]
