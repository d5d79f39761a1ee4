"""The model of the time that one statement per burst gives back."""

import pytest

from aegis_cli.model.facts.executions import Repetition
from aegis_cli.rules.queries._savings import Loop, batching_saves_ms, burst_share, loop_of
from aegis_cli.testing.builders import a_burst, a_repetition

CHILD = "SELECT name FROM customers WHERE id = 1"
OTHER = "SELECT street FROM addresses WHERE id = 1"


def _loop(*repetitions: Repetition) -> Loop:
    return loop_of(repetitions)


def test_bursts_of_all_sizes_and_places_add_up() -> None:
    here = a_repetition(CHILD, sizes=[a_burst(6, time_ms=5.0), a_burst(10, bursts=2, time_ms=4.0)])
    there = a_repetition(CHILD, sizes=[a_burst(20, time_ms=1.0)])

    assert _loop(here, there) == Loop(
        bursts=4,
        rounds=46,
        executions=46,
        distinct_values=46,
        time_us=10_000,
        min_rounds=6,
        median_rounds=10,
        max_rounds=20,
        calls_saved=42,
    )


def test_executions_of_an_inner_loop_are_counted_as_they_ran() -> None:
    sizes = [a_burst(5, bursts=8, executions=280)]

    loop = _loop(a_repetition(CHILD, OTHER, sizes=sizes))

    assert (loop.executions, loop.calls_saved) == (280, 264)


def test_the_median_burst_is_found_over_all_sizes() -> None:
    sizes = [a_burst(50, bursts=1), a_burst(5, bursts=3), a_burst(20, bursts=3)]

    assert _loop(a_repetition(CHILD, sizes=sizes)).median_rounds == 20


def test_half_of_server_time_and_of_gaps_is_given_back() -> None:
    loop = _loop(a_repetition(CHILD, sizes=[a_burst(11, time_ms=11.0)]))

    assert batching_saves_ms(loop, 1000) == pytest.approx(10 * 0.5 + 10 * 0.5)


def test_long_gaps_are_the_applications_own_work() -> None:
    loop = _loop(a_repetition(CHILD, sizes=[a_burst(11, time_ms=11.0)]))

    assert batching_saves_ms(loop, 900_000) == batching_saves_ms(loop, 2000)


def test_a_log_without_times_promises_no_time() -> None:
    loop = _loop(a_repetition(CHILD, sizes=[a_burst(11)]))

    assert batching_saves_ms(loop, -1) is None


@pytest.mark.parametrize("time_ms", [1.0, 20.0, 3000.0])
def test_never_more_time_is_promised_than_was_spent(time_ms: float) -> None:
    loop = _loop(a_repetition(CHILD, sizes=[a_burst(40, time_ms=time_ms)]))

    saved = batching_saves_ms(loop, 0)

    assert saved is not None
    assert 0 < saved < time_ms


def test_the_share_of_bursts_is_one_where_the_total_is_unknown() -> None:
    loop = _loop(a_repetition(CHILD, sizes=[a_burst(10)]))

    assert (burst_share(loop, 0), burst_share(loop, 40)) == (1.0, 0.25)
