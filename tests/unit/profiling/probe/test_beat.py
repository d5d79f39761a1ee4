"""Beats come on a thread of which the program sees nothing, and end when they are told to."""

import signal
import threading
from pathlib import Path

from aegis_cli.profiling.probe.beat import Beat

DEADLINE_S = 30


class Counted:
    """Counts beats and lets others wait for the next one."""

    def __init__(self) -> None:
        self.beats = 0
        self.came = threading.Event()
        self.blocked: set[int] = set()

    def __call__(self) -> float:
        self.beats += 1
        self.blocked = set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        self.came.set()
        return 0.001


def tasks() -> set[str]:
    return {each.name for each in Path("/proc/self/task").iterdir()}


def test_beats_come_again_and_again() -> None:
    counted = Counted()
    beat = Beat(0.001, counted)

    beat.start()
    for _ in range(3):
        assert counted.came.wait(DEADLINE_S)
        counted.came.clear()
    beat.stop()

    assert counted.beats >= 3


def test_the_thread_is_not_listed_and_takes_no_signals() -> None:
    counted = Counted()
    beat = Beat(0.001, counted)
    before = threading.active_count()
    own_mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())

    beat.start()
    assert counted.came.wait(DEADLINE_S)
    during = threading.active_count()
    beat.stop()

    assert during == before
    assert {signal.SIGTERM, signal.SIGCHLD, signal.SIGINT} <= counted.blocked
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == own_mask


def test_the_system_no_longer_counts_a_thread_that_was_stopped() -> None:
    counted = Counted()
    before = tasks()
    beat = Beat(0.001, counted)

    beat.start()
    assert counted.came.wait(DEADLINE_S)
    beat.stop()

    assert tasks() <= before


def test_starting_and_stopping_twice_is_as_once() -> None:
    counted = Counted()
    before = tasks()
    beat = Beat(60.0, counted)

    beat.start()
    beat.start()
    during = tasks() - before
    beat.stop()
    beat.stop()

    assert len(during) == 1
    assert counted.beats == 0


def test_beats_go_on_after_a_pause() -> None:
    counted = Counted()
    beat = Beat(0.001, counted)
    beat.start()
    beat.stop()
    counted.came.clear()

    beat.start()

    assert counted.came.wait(DEADLINE_S)
    beat.stop()
