"""Loops are found per session and unit of work, and batches leave no trace in the result."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aegis_cli.workload.repetitions import BatchOptions
from tests.unit.workload.row_builder import NAMES, Loop, Run, Unit, analyse, catalog, loops

CHATTER = ("save", "release", "set", "ping", "begin", "commit", "rollback")
MANY = [name for name, many in zip(NAMES, catalog().can_return_many(), strict=True) if many]


def loop(
    what: str, rounds: int, *, start_ms: int = 10, session: int = 0, tag: int = -1
) -> list[Run]:
    """Run one statement again and again with other values, a millisecond apart."""
    return [
        Run(what=what, at_ms=start_ms + at, session=session, value=at, tag=tag)
        for at in range(rounds)
    ]


def n_plus_one(rounds: int, **where: int) -> list[Run]:
    """Run a list and then a look-up for each of its rows."""
    parent = Run(what="list", at_ms=where.get("start_ms", 10) - 1, session=where.get("session", 0))
    return [parent, *loop("item", rounds, **where)]


def expected(rounds: int, bursts: int = 1, **other: object) -> Loop:
    """Return an N+1 of look-ups below a list."""
    plain = Loop(
        cycle=("item",),
        parent="list",
        unit="idle gap",
        is_varying=True,
        rounds=rounds,
        bursts=bursts,
        time_us=100 * rounds * bursts,
    )
    return replace(plain, **other)  # type: ignore[arg-type]  # the caller names fields


def test_finds_a_list_with_a_look_up_per_row() -> None:
    assert loops(n_plus_one(12)) == {expected(12)}


def test_four_rounds_are_no_loop_and_five_are() -> None:
    assert loops(n_plus_one(4)) == set()
    assert loops(n_plus_one(5)) == {expected(5)}


def test_equal_values_make_a_repeat_and_not_a_varying_loop() -> None:
    runs = [replace(run, value=7) for run in n_plus_one(6)]

    assert loops(runs) == {expected(6, is_varying=False)}


def test_interleaved_sessions_are_told_apart() -> None:
    one, other = n_plus_one(7, session=1), n_plus_one(9, session=2)
    mixed = [run for pair in zip(one, other, strict=False) for run in pair] + other[len(one) :]

    assert loops(mixed) == {expected(7), expected(9)}


def test_an_idle_gap_ends_a_unit_and_a_pause_below_it_does_not() -> None:
    near = [*n_plus_one(6), *loop("item", 6, start_ms=10 + 5 + 200)]
    far = [*n_plus_one(6), *loop("item", 6, start_ms=10 + 5 + 202)]

    assert loops(near) == {expected(12)}
    assert loops(far) == {expected(6), expected(6, parent=None)}


def test_a_long_execution_is_no_idle_time() -> None:
    slow = Run(what="item", at_ms=5000, value=99, duration_us=4_980_000)

    assert loops([*n_plus_one(6), slow]) == {expected(7, time_us=600 + 4_980_000)}


def test_a_transaction_is_one_unit_whatever_pauses_it_has() -> None:
    runs = [
        Run(what="begin", at_ms=0),
        *n_plus_one(3),
        *loop("item", 4, start_ms=60_000),
        Run(what="commit", at_ms=60_010),
        *loop("item", 3, start_ms=60_011),
    ]

    assert loops(runs) == {expected(7, unit="transaction")}


def test_a_pooled_connection_that_serves_tagged_requests_is_cut_where_the_tag_changes() -> None:
    runs = [
        *loop("item", 4, tag=1),
        *loop("item", 4, start_ms=14, tag=2),
        *loop("item", 6, start_ms=18, tag=3),
    ]

    assert loops(runs) == {expected(6, unit="tag", parent=None)}


def test_chatter_between_rounds_does_not_hide_a_loop() -> None:
    runs = [
        each
        for at, run in enumerate(n_plus_one(8))
        for each in (run, Run(what=("set", "ping", "save", "release")[at % 4], at_ms=run.at_ms))
    ]

    assert loops(runs) == {expected(8)}


def test_a_log_without_times_still_gives_loops() -> None:
    runs = [replace(run, at_ms=-1, duration_us=-1) for run in n_plus_one(6)]

    assert loops(runs) == {expected(6, time_us=0)}


def test_a_clock_with_whole_seconds_does_not_cut_loops() -> None:
    """With %t a loop over the turn of a second seems to pause for a whole second."""
    runs = [replace(run, at_ms=(10 + at // 4) * 1000) for at, run in enumerate(n_plus_one(12))]

    assert loops(runs) == {expected(12)}


def test_a_clock_that_is_set_back_a_little_does_not_cut_loops() -> None:
    runs = [*n_plus_one(6, start_ms=5000), *loop("item", 6, start_ms=3000)]

    assert loops(runs) == {expected(12)}


def test_a_clock_that_jumps_back_far_begins_another_unit() -> None:
    runs = [*n_plus_one(6, start_ms=100_000), *loop("item", 6, start_ms=3000)]

    assert loops(runs) == {expected(6), expected(6, parent=None)}


def test_several_look_ups_per_row_are_one_cycle() -> None:
    pairs = [
        Run(what=what, at_ms=10 + at, value=at) for at in range(8) for what in ("item", "price")
    ]
    begin, end = Run(what="begin", at_ms=1), Run(what="commit", at_ms=30)

    (found,) = loops([begin, Run(what="list", at_ms=9), *pairs, end])

    assert found == Loop(
        cycle=("item", "price"),
        parent="list",
        unit="transaction",
        is_varying=True,
        rounds=8,
        bursts=1,
        time_us=1600,
    )


def test_units_over_budget_are_counted_by_what_opens_them() -> None:
    def request(rounds: int, start_ms: int) -> list[Run]:
        inner = n_plus_one(rounds, start_ms=start_ms + 2)
        return [Run(what="begin", at_ms=start_ms), *inner, Run(what="commit", at_ms=start_ms + 100)]

    _, units = analyse([*request(9, 0), *request(10, 200), *request(20, 400)])

    assert units == {
        Unit(
            opening="list",
            kind="transaction",
            units=3,
            over_budget=2,
            max_executions=21,
            executions_over_budget=32,
            time_us=3200,
        )
    }


@st.composite
def workloads(draw: st.DrawFn) -> list[Run]:
    """Interleave sessions whose units hold at most five runs, so that no cycle can occur."""
    sessions = [draw(_session(number)) for number in range(draw(st.integers(1, 3)))]
    mixed: list[Run] = []
    while any(sessions):
        chosen = draw(st.sampled_from([each for each in sessions if each]))
        size = draw(st.integers(1, 40))
        mixed.extend(chosen[:size])
        del chosen[:size]
    return mixed


@st.composite
def _session(draw: st.DrawFn, number: int) -> list[Run]:
    runs: list[Run] = []
    now = 1000 * number + 10
    value = 0
    for _ in range(draw(st.integers(0, 5))):
        is_transaction = draw(st.booleans())
        tag = draw(st.sampled_from((-1, -1, 1, 2)))
        if is_transaction:
            runs.append(Run(what="begin", at_ms=now, session=number, tag=tag))
        varies = draw(st.booleans())
        for _ in range(draw(st.integers(0, 5))):
            what = draw(st.sampled_from(("list", "all", "item", "price", "insert")))
            for _ in range(draw(st.sampled_from((1, 2, 4, 5, 6, 11, 30)))):
                value += varies
                now += 1
                runs.append(Run(what=what, at_ms=now, session=number, value=value, tag=tag))
                if draw(st.integers(0, 9)) == 0:
                    noise = draw(st.sampled_from(("save", "release", "set")))
                    runs.append(Run(what=noise, at_ms=now, session=number, tag=tag))
            if is_transaction and draw(st.booleans()):
                now += 1000
        if is_transaction:
            end = draw(st.sampled_from(("commit", "rollback")))
            runs.append(Run(what=end, at_ms=now, session=number, tag=tag))
        now += 1000
    return runs


def plain_loops(runs: Sequence[Run]) -> set[Loop]:
    """Find loops the slow and obvious way, for workloads without cycles."""
    counts: Counter[tuple[str, str | None, str, bool, int]] = Counter()
    times: dict[tuple[str, str | None, str, bool, int], int] = defaultdict(int)
    for kind, unit in plain_units(runs):
        work = [run for run in unit if run.what not in CHATTER]
        begin = 0
        while begin < len(work):
            end = begin
            while end < len(work) and work[end].what == work[begin].what:
                end += 1
            if end - begin >= 5:
                before = [run.what for run in work[max(0, begin - 3) : begin]][::-1]
                parents = [what for what in before if what in MANY and what != work[begin].what]
                values = {run.value for run in work[begin:end]}
                key = (
                    work[begin].what,
                    next(iter(parents), None),
                    kind,
                    len(values) > 1,
                    end - begin,
                )
                counts[key] += 1
                times[key] += sum(run.duration_us for run in work[begin:end])
            begin = end
    return {
        Loop(cycle=(key[0],), parent=key[1], unit=key[2], is_varying=key[3], rounds=key[4],
             bursts=bursts, time_us=times[key])
        for key, bursts in counts.items()
    }  # fmt: skip


def plain_units(runs: Sequence[Run]) -> Iterator[tuple[str, list[Run]]]:
    """Cut each session at transactions, changes of tag and pauses."""
    for session in sorted({run.session for run in runs}):
        unit: list[Run] = []
        is_open = False
        for run in (each for each in runs if each.session == session):
            if unit and not is_open:
                last = unit[-1]
                pause = run.at_ms * 1000 - run.duration_us - last.at_ms * 1000
                changes = -1 not in (run.tag, last.tag) and run.tag != last.tag
                is_bound = run.what == "begin" or last.what in ("commit", "rollback")
                if is_bound or changes or pause > 200_000:
                    yield _kind(unit), unit
                    unit = []
            unit.append(run)
            is_open = (is_open or run.what == "begin") and run.what not in ("commit", "rollback")
        if unit:
            yield _kind(unit), unit


def _kind(unit: list[Run]) -> str:
    if unit[0].what == "begin":
        return "transaction"
    return "tag" if any(run.tag >= 0 for run in unit) else "idle gap"


@settings(max_examples=100, deadline=None)
@given(workloads())
def test_loops_are_those_that_a_plain_reading_finds(runs: list[Run]) -> None:
    assert loops(runs) == plain_loops(runs)


@settings(max_examples=150, deadline=None)
@given(
    workloads(),
    st.lists(st.integers(0, 400), max_size=6),
    st.integers(3, 120),
    st.integers(14, 60),
)
def test_neither_chunks_nor_batches_leave_a_trace(
    runs: list[Run], cuts: list[int], size: int, carried: int
) -> None:
    batches = BatchOptions(rows=size, max_carried_rows=carried, max_carried_delimited_rows=carried)

    whole = analyse(runs)
    parted = analyse(runs, [min(cut, len(runs)) for cut in cuts], batches)

    assert parted == whole


@pytest.mark.parametrize("rounds", [999, 1000, 1001, 4000, 70_000])
def test_a_loop_longer_than_what_may_wait_is_one_burst(rounds: int) -> None:
    batches = BatchOptions(rows=900)
    others = n_plus_one(6, session=1, start_ms=11)

    found, _ = analyse([*n_plus_one(rounds), *others], batches=batches)

    assert found == {expected(rounds), expected(6)}


@pytest.mark.parametrize("size", [3, 4, 5, 7, 60])
def test_a_series_of_small_transactions_is_one_whatever_the_batches(size: int) -> None:
    runs = [
        Run(what=what, at_ms=10 + at, value=at)
        for at in range(20)
        for what in ("begin", "insert", "commit")
    ]

    (found,) = analyse(runs, batches=BatchOptions(rows=size))[0]

    assert (found.cycle, found.rounds, found.bursts) == (("begin", "insert", "commit"), 20, 1)
