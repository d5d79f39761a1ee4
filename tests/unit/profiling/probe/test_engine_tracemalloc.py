"""What lines hold is looked at now and then, and at the end."""

import tracemalloc
from collections.abc import Iterator, Mapping

import pytest

from aegis_cli.profiling.probe.engine_tracemalloc import KIND, HeldMemory


class Records:
    """Keeps what is recorded."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.told: list[tuple[str, Mapping[str, object]]] = []

    def write(self, kind: str, payload: Mapping[str, object]) -> None:
        """Take one record."""
        self.told.append((kind, payload))


class Clock:
    """Tells the time that it is set to."""

    def __init__(self) -> None:
        """Start at zero."""
        self.now_s = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


@pytest.fixture
def records() -> Iterator[Records]:
    """Return a place for records; afterwards nothing is traced."""
    yield Records()
    tracemalloc.stop()


def _grow(kept: list[bytearray]) -> None:
    kept.append(bytearray(100_000))


GROW_LINE = _grow.__code__.co_firstlineno + 1


def _sites(records: Records) -> dict[tuple[str, int], tuple[list[int], list[int]]]:
    found = {}
    for kind, payload in records.told:
        sites = payload.get("sites")
        assert kind == KIND
        assert isinstance(sites, list)
        for path, line, sizes, counts in sites:
            found[(path, line)] = (sizes, counts)
    return found


def test_each_look_says_what_is_held_then(records: Records) -> None:
    clock, kept = Clock(), list[bytearray]()
    held = HeldMemory(records, clock, clock)  # type: ignore[arg-type]  # a place for records is enough
    held.start()

    for now_s in (1.0, 50.0):
        _grow(kept)
        clock.now_s = now_s
        held.flush()
    kept.pop()
    held.stop()

    sizes, counts = _sites(records)[(__file__, GROW_LINE)]
    assert [size // 100_000 for size in sizes] == [1, 2, 1]
    assert len(counts) == 3
    assert not tracemalloc.is_tracing()


def test_each_look_is_recorded_in_case_it_is_the_last(records: Records) -> None:
    clock, kept = Clock(), list[bytearray]()
    held = HeldMemory(records, clock, clock)  # type: ignore[arg-type]  # see above
    held.start()

    _grow(kept)
    clock.now_s = 1.0
    held.flush()

    assert len(_sites(records)[(__file__, GROW_LINE)][0]) == 1


def test_looks_become_rarer(records: Records) -> None:
    clock = Clock()
    held = HeldMemory(records, clock, clock)  # type: ignore[arg-type]  # see above
    held.start()

    for now_s in (0.01, 100.0, 150.0, 199.0, 1000.0):
        clock.now_s = now_s
        held.flush()
    held.stop()

    (_, payload) = records.told[-1]
    assert payload["looks"] == [100.0, 1000.0, 1000.0]


def test_there_is_no_look_while_the_program_uses_no_processor(records: Records) -> None:
    clock, idle = Clock(), Clock()
    held = HeldMemory(records, clock, idle)  # type: ignore[arg-type]  # see above
    held.start()

    for now_s in (1.0, 1000.0):
        clock.now_s = now_s
        held.flush()
    held.stop()

    (_, payload) = records.told[-1]
    assert payload["looks"] == [1.0, 1000.0]


def test_a_fork_begins_anew(records: Records) -> None:
    clock, kept = Clock(), list[bytearray]()
    held = HeldMemory(records, clock, clock)  # type: ignore[arg-type]  # see above
    held.start()
    _grow(kept)
    clock.now_s = 5.0
    held.flush()

    held.begin_again()
    clock.now_s = 6.0
    held.stop()

    (_, payload) = records.told[-1]
    assert payload["looks"] == [1.0]


def test_tracing_that_the_program_ended_is_told(records: Records) -> None:
    held = HeldMemory(records)  # type: ignore[arg-type]  # see above
    held.start()
    tracemalloc.stop()

    held.stop()

    assert records.told == [("engine", {"engine": "tracemalloc", "ended_early": True})]
