"""Everybody stands in the tree once, below the last that it waits for."""

from aegis_cli.model.facts.pools import BlockingEdge
from aegis_cli.usecases.pool_check.wait_tree import wait_tree


def edges(*pairs: tuple[int, int]) -> list[BlockingEdge]:
    return [
        BlockingEdge(waiter=waiter, blocker=blocker, prepared=None, lock="l", waiting_s=1.0)
        for waiter, blocker in pairs
    ]


def drawn(*pairs: tuple[int, int]) -> list[tuple[int, int]]:
    return [(each.depth, each.pid) for each in wait_tree(edges(*pairs))]


def test_one_behind_the_other() -> None:
    assert drawn((2, 1), (3, 2)) == [(0, 1), (1, 2), (2, 3)]


def test_a_queue_in_which_each_waits_for_all_ahead_is_a_line() -> None:
    pairs = [(waiter, ahead) for waiter in range(2, 60) for ahead in range(1, waiter)]

    assert drawn(*pairs) == [(depth, depth + 1) for depth in range(59)]


def test_several_behind_one_stand_beside_each_other() -> None:
    assert drawn((2, 1), (3, 1)) == [(0, 1), (1, 2), (1, 3)]


def test_who_waits_for_two_stands_below_the_one_that_waits_longest() -> None:
    found = wait_tree(edges((2, 1), (4, 2), (4, 9)))

    assert [(each.depth, each.pid) for each in found] == [(0, 1), (1, 2), (2, 4), (0, 9)]
    assert {each.pid: each.waits_for for each in found}[4] == (2, 9)


def test_two_that_wait_for_each_other_stand_in_it_once() -> None:
    assert sorted(pid for _, pid in drawn((1, 2), (2, 1), (3, 1))) == [1, 2, 3]


def test_prepared_transactions_are_told_apart() -> None:
    waits = [
        BlockingEdge(waiter=each, blocker=0, prepared=name, lock="l", waiting_s=None)
        for each, name in ((1, "a"), (2, "b"))
    ]

    assert [(each.depth, each.prepared) for each in wait_tree(waits)] == [
        (0, "a"),
        (1, None),
        (0, "b"),
        (1, None),
    ]


def test_nobody_waits() -> None:
    assert wait_tree([]) == ()
