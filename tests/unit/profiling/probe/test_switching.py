"""The switch interval is short while that changes nothing for the program, and hidden from it."""

import sys
from collections.abc import Iterator

import pytest

from aegis_cli.profiling.probe.switching import SOONER_S, SwitchInterval

OWN_S = 0.005


@pytest.fixture
def switching() -> Iterator[SwitchInterval]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(OWN_S)
    made = SwitchInterval()
    real = sys.getswitchinterval
    yield made
    made.show()
    assert sys.getswitchinterval is real
    sys.setswitchinterval(before)


def test_the_program_reads_its_own_interval(switching: SwitchInterval) -> None:
    real = sys.getswitchinterval
    switching.hide()
    switching.shorten()

    assert real() == pytest.approx(SOONER_S)
    assert sys.getswitchinterval() == OWN_S
    assert sys.getswitchinterval.__name__ == "getswitchinterval"
    switching.restore()
    assert real() == OWN_S


def test_the_program_sets_its_own_interval(switching: SwitchInterval) -> None:
    real = sys.getswitchinterval
    switching.hide()
    switching.shorten()
    sys.setswitchinterval(0.02)

    assert (real(), sys.getswitchinterval()) == (0.02, 0.02)
    switching.shorten()
    assert real() == pytest.approx(SOONER_S)
    switching.restore()
    assert real() == 0.02


@pytest.mark.parametrize("wrong", [0, -1])
def test_what_is_no_interval_is_refused_as_ever(switching: SwitchInterval, wrong: float) -> None:
    switching.hide()

    with pytest.raises(ValueError, match="switch interval must be strictly positive"):
        sys.setswitchinterval(wrong)

    assert sys.getswitchinterval() == OWN_S


def test_an_interval_that_is_shorter_already_stays(switching: SwitchInterval) -> None:
    real = sys.getswitchinterval
    switching.hide()
    sys.setswitchinterval(0.00002)

    switching.shorten()

    assert real() == pytest.approx(0.00002)
    assert switching.patience_s() == pytest.approx(0.00002)


def test_threads_that_compete_keep_their_interval(switching: SwitchInterval) -> None:
    switching.shorten()
    for _ in range(50):
        switching.follow(5_000, 2_500, 2_400)
    switching.shorten()

    assert sys.getswitchinterval() == OWN_S


def test_threads_that_mostly_wait_do_not_count_as_competing(switching: SwitchInterval) -> None:
    for _ in range(50):
        switching.follow(5_000, 1_000, 900)
    switching.shorten()

    assert switching.patience_s() == SOONER_S


def test_one_busy_thread_among_idle_ones_does_not_compete(switching: SwitchInterval) -> None:
    for _ in range(50):
        switching.follow(5_000, 5_000, 20)
    switching.shorten()

    assert switching.patience_s() == SOONER_S


def test_long_waits_are_asked_about_less_often(switching: SwitchInterval) -> None:
    switching.shorten()
    for _ in range(200):
        switching.waited(0.02, 8)
    switching.shorten()
    long_s = switching.patience_s()
    for _ in range(200):
        switching.waited(0.0001, 1)
    switching.shorten()

    assert 0.002 < long_s < OWN_S
    assert switching.patience_s() == SOONER_S


def test_very_long_waits_leave_the_program_its_interval(switching: SwitchInterval) -> None:
    switching.shorten()
    for _ in range(200):
        switching.waited(0.2, 8)
    switching.shorten()

    assert switching.patience_s() == OWN_S


def test_an_interpreter_that_is_free_and_gone_again_is_asked_for_at_once(
    switching: SwitchInterval,
) -> None:
    switching.shorten()
    for _ in range(200):
        switching.waited(0.02, 8)
    switching.shorten()

    switching.waited(0.4, 16_000)
    switching.shorten()
    hurried_s = switching.patience_s()
    for _ in range(200):
        switching.waited(0.0001, 1)
    switching.shorten()

    assert hurried_s == pytest.approx(0.000001)
    assert switching.patience_s() == SOONER_S


def test_hurrying_lasts_for_one_look(switching: SwitchInterval) -> None:
    switching.shorten()
    switching.hurry()
    hurried_s = sys.getswitchinterval()
    switching.shorten()

    assert hurried_s == pytest.approx(0.000001)
    assert sys.getswitchinterval() == pytest.approx(SOONER_S)


def test_there_is_no_hurry_where_threads_compete(switching: SwitchInterval) -> None:
    for _ in range(50):
        switching.follow(5_000, 2_500, 2_400)
    switching.shorten()

    switching.hurry()

    assert sys.getswitchinterval() == OWN_S
