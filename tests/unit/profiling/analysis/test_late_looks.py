"""Processor time that was seen at a wait goes back to the code in front of it."""

from dataclasses import replace

from aegis_cli.model.facts.samples import StackFrame, StackTime
from aegis_cli.profiling.analysis.late_looks import with_late_looks_moved
from tests.fakes.stacks import frame, stack

MAIN = frame("main", 20)


def _late(*frames: StackFrame, cpu_us: int, thread: str = "Main") -> StackTime:
    made = stack(*frames, cpu_us=cpu_us, thread=thread)
    return replace(made, time=replace(made.time, late_us=cpu_us))


def _cpu(*stacks: StackTime) -> list[tuple[str, int, int]]:
    """Return innermost function, processor time and what of it was late."""
    return [
        (each.frames[-1].function.name, each.time.cpu_us, each.time.late_us)
        for each in with_late_looks_moved(stacks)
    ]


def test_it_goes_to_what_the_function_calls() -> None:
    found = _cpu(
        _late(MAIN, cpu_us=900),
        stack(MAIN, frame("parse"), cpu_us=200),
        stack(MAIN, frame("store"), frame("write"), cpu_us=100),
    )

    assert found == [("main", 0, 0), ("parse", 800, 600), ("write", 400, 300)]


def test_it_goes_to_other_lines_of_the_function() -> None:
    found = _cpu(_late(frame("main", 26), cpu_us=500), stack(frame("main", 22), cpu_us=100))

    assert found == [("main", 0, 0), ("main", 600, 500)]


def test_the_sum_stays_what_it_was() -> None:
    stacks = (
        _late(MAIN, cpu_us=1_000),
        _late(MAIN, frame("fetch"), cpu_us=300),
        stack(MAIN, frame("fetch"), frame("decode"), cpu_us=70),
        stack(MAIN, frame("other"), cpu_us=30),
    )

    assert sum(cpu_us for _, cpu_us, _ in _cpu(*stacks)) == 1_400


def test_it_stays_where_nothing_was_seen_on_time() -> None:
    stacks = (_late(MAIN, cpu_us=500), stack(frame("elsewhere"), cpu_us=100))

    assert _cpu(*stacks) == [("main", 500, 500), ("elsewhere", 100, 0)]


def test_it_does_not_leave_its_thread() -> None:
    stacks = (
        _late(MAIN, cpu_us=500),
        stack(MAIN, frame("parse"), cpu_us=100, thread="other"),
    )

    assert _cpu(*stacks) == [("main", 500, 500), ("parse", 100, 0)]


def test_callers_of_the_function_get_none_of_it() -> None:
    stacks = (_late(MAIN, frame("fetch"), cpu_us=500), stack(MAIN, cpu_us=100))

    assert _cpu(*stacks) == [("fetch", 500, 500), ("main", 100, 0)]


def test_stacks_without_late_looks_are_as_they_were() -> None:
    stacks = (stack(MAIN, cpu_us=500), stack(MAIN, frame("parse"), resting_us=100))

    assert tuple(with_late_looks_moved(stacks)) == stacks
