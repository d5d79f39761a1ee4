"""A loop over a loop, and a commit per row, are one burst however many batches they cross."""

import pytest

from aegis_cli.workload.bursts import BurstTotals
from aegis_cli.workload.repetitions import BatchOptions, Repetitions
from aegis_cli.workload.unit_totals import UnitTotals
from tests.unit.workload.row_builder import Loop, Run, analyse, catalog, rows

SMALL = BatchOptions(rows=90, max_carried_rows=40, max_carried_delimited_rows=60)


def nested(outer: int, inner: list[int], **where: int) -> list[Run]:
    """List, then look up an item per row and some prices per item, in turn as many as given."""
    session, values = where.get("session", 0), iter(range(10_000_000))
    what = ["list"]
    for row in range(outer):
        what += ["item", *["price"] * inner[row % len(inner)]]
    return [Run(what=each, session=session, value=next(values)) for each in what]


def whole(outer: int, executions: int, unit: str = "transaction") -> Loop:
    """Return the one loop that `nested` is."""
    return Loop(
        cycle=("item", "price"),
        parent="list",
        unit=unit,
        is_varying=True,
        rounds=outer,
        bursts=1,
        time_us=100 * executions,
    )


@pytest.mark.parametrize("outer", [30, 31, 32, 33, 200, 20_000])
@pytest.mark.parametrize("inner", [[1], [3], [2, 4], [3, 0, 1]])
def test_a_nested_loop_in_a_long_transaction_is_one_burst(outer: int, inner: list[int]) -> None:
    runs = nested(outer, inner)
    batches = SMALL if outer < 1000 else BatchOptions(rows=9000)

    found, _ = analyse([Run(what="begin"), *runs, Run(what="commit")], batches=batches)

    assert found == {whole(outer, len(runs) - 1)}


def test_a_nested_loop_without_transaction_goes_on_over_batches() -> None:
    runs = nested(400, [2])

    found, _ = analyse(runs, batches=SMALL)

    assert found == {whole(400, len(runs) - 1, unit="idle gap")}


def test_two_sessions_do_not_continue_each_other() -> None:
    first, second = nested(300, [2], session=0), nested(310, [2], session=1)
    mixed = [run for pair in zip(first, second, strict=False) for run in pair]

    found, _ = analyse([*mixed, *second[len(first) :]], batches=SMALL)

    assert found == {
        whole(300, len(first) - 1, unit="idle gap"),
        whole(310, len(second) - 1, unit="idle gap"),
    }


def test_each_statement_of_a_cut_cycle_is_counted() -> None:
    bursts = BurstTotals()
    repetitions = Repetitions(catalog(), bursts, UnitTotals(), batches=SMALL)

    repetitions.observe(rows(nested(300, [3])))
    repetitions.finish()

    (group,) = bursts.groups()
    assert group.executions_of[:3] == [300, 900, 0]


@pytest.mark.parametrize("rounds", [5, 29, 30, 31, 1000])
def test_a_commit_per_row_is_one_burst(rounds: int) -> None:
    runs = [
        Run(what=what, value=row) for row in range(rounds) for what in ("begin", "insert", "commit")
    ]

    found, _ = analyse(runs, batches=SMALL)

    assert {(each.cycle, each.rounds, each.bursts) for each in found} == {
        (("begin", "insert", "commit"), rounds, 1)
    }


def test_a_session_that_ended_keeps_its_last_row_while_others_go_on() -> None:
    series = [
        Run(what=what, value=row) for row in range(25) for what in ("begin", "insert", "commit")
    ]
    others = [Run(what="ping", session=1, value=each) for each in range(500)]

    found, _ = analyse([*series, *others], batches=SMALL)

    assert {(each.rounds, each.bursts) for each in found if len(each.cycle) == 3} == {(25, 1)}
