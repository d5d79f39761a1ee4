"""The sampler finds where threads are, tells running from waiting, and leaves no trace."""

import asyncio
import gc
import json
import selectors
import sys
import threading
import time
from collections.abc import Iterator, Mapping

import pytest

from aegis_cli.profiling.probe.sampler import KIND, Sampler, _is_polling
from aegis_cli.profiling.probe.stacks import Stacks
from aegis_cli.profiling.probe.switching import SwitchInterval
from aegis_cli.profiling.probe.watched_threads import WatchedThreads

LONGEST_S = 10.0


class Records:
    """Keeps what a sampler writes."""

    def __init__(self) -> None:
        self.kept: list[Mapping[str, object]] = []

    def write(self, kind: str, payload: Mapping[str, object]) -> None:
        assert kind == KIND
        self.kept.append(payload)


def _numbers(payload: Mapping[str, object], key: str) -> list[int]:
    found = payload[key]
    assert isinstance(found, list)
    return found


def _rows(payload: Mapping[str, object], width: int, key: str = "samples") -> list[list[int]]:
    found = _numbers(payload, key)
    return [found[index : index + width] for index in range(0, len(found), width)]


def _names(records: Records) -> dict[str, list[int]]:
    """Return looks, wall, running, late and resting time by the name of the innermost function."""
    codes: list[str] = []
    places: list[list[int]] = []
    nodes: list[list[int]] = [[0, 0]]
    found: dict[str, list[int]] = {}
    for payload in records.kept:
        told = payload["codes"]
        assert isinstance(told, list)
        codes += [each[1] for each in told]
        places += _rows(payload, 2, "places")
        nodes += _rows(payload, 2, "nodes")
        for _, node, *weights in _rows(payload, 7):
            sums = found.setdefault(codes[places[nodes[node][1]][0]], [0, 0, 0, 0, 0])
            sums[:] = [a + b for a, b in zip(sums, weights, strict=True)]
    return found


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
def sampler(records: Records) -> Iterator[Sampler]:
    made = Sampler(records, Stacks, WatchedThreads, SwitchInterval())
    made.resume()
    yield made
    made.stop()


def _spin(cpu_s: float) -> int:
    end = time.thread_time() + cpu_s
    turns = 0
    while time.thread_time() < end:
        turns += 1
    return turns


def _spin_more(cpu_s: float) -> int:
    end = time.thread_time() + cpu_s
    turns = 0
    while time.thread_time() < end:
        turns += 1
    return turns


def test_shares_of_two_busy_functions_are_those_of_their_processor_time(
    sampler: Sampler, records: Records
) -> None:
    for _ in range(3):
        _spin(0.2)
        _spin_more(0.4)
    sampler.stop()

    found = _names(records)
    share = found["_spin"][2] / (found["_spin"][2] + found["_spin_more"][2])
    assert share == pytest.approx(1 / 3, abs=0.09)


def test_a_sleeping_thread_is_not_running(sampler: Sampler, records: Records) -> None:
    def sleep_here() -> None:
        threading.Event().wait(0.3)

    sleep_here()
    sampler.stop()

    _, wall_us, _, _, resting_us = _names(records)["Condition.wait"]
    assert wall_us > 200_000
    assert resting_us > wall_us / 2


def test_a_thread_is_known_by_its_name(sampler: Sampler, records: Records) -> None:
    worker = threading.Thread(target=_spin, args=(0.1,), name="worker-7")
    worker.start()
    worker.join(LONGEST_S)
    sampler.flush()

    assert "_spin" in _names(records)


def test_the_program_sees_no_thread_and_no_change(sampler: Sampler) -> None:
    before = (threading.active_count(), sys.getswitchinterval(), gc.isenabled(), sys.gettrace())

    _spin(0.05)

    after = (threading.active_count(), sys.getswitchinterval(), gc.isenabled(), sys.gettrace())
    assert before == after
    assert sampler is not None


def test_the_program_sets_and_reads_its_own_switch_interval(sampler: Sampler) -> None:
    before = sys.getswitchinterval()

    sys.setswitchinterval(0.02)
    _spin(0.05)
    during = sys.getswitchinterval()
    sampler.stop()
    after = sys.getswitchinterval()
    sys.setswitchinterval(before)

    assert during == after == pytest.approx(0.02)


def test_each_stack_is_told_once(sampler: Sampler, records: Records) -> None:
    _spin(0.1)
    sampler.flush()
    _spin(0.1)
    sampler.stop()

    told = [tuple(row) for each in records.kept for row in _rows(each, 2, "nodes")]
    assert len(told) == len(set(told)) > 0


def test_a_pause_ends_the_thread_and_sampling_goes_on_after_it(
    sampler: Sampler, records: Records
) -> None:
    sampler.pause()
    sampler.flush()
    records.kept.clear()
    _spin(0.05)
    sampler.flush()
    paused = list(records.kept)
    sampler.resume()
    _spin_more(0.1)
    sampler.stop()

    assert paused == []
    assert "_spin_more" in _names(records)


def test_a_sampler_that_was_stopped_does_not_start_again(
    sampler: Sampler, records: Records
) -> None:
    sampler.stop()
    records.kept.clear()
    sampler.resume()
    _spin(0.05)
    sampler.stop()

    assert records.kept == []


def test_an_event_loop_is_known_where_it_looks_for_events() -> None:
    assert _is_polling(selectors.SelectSelector.select.__code__)
    assert _is_polling(asyncio.Runner.run.__code__)
    assert not _is_polling(json.loads.__code__)
    assert not _is_polling(selectors.SelectSelector.register.__code__)
