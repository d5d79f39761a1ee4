"""What is seen while an event loop looks for events belongs to the callbacks that it ran."""

from aegis_cli.model.facts.samples import StackTime
from aegis_cli.profiling.analysis.loops import with_callbacks_charged
from tests.fakes.stacks import LIBRARY, frame, stack

RUNNER = frame("Runner.run", 118, f"{LIBRARY}/asyncio/runners.py")
ONCE = frame("BaseEventLoop._run_once", 1890, f"{LIBRARY}/asyncio/base_events.py")
HANDLE = frame("Handle._run", 80, f"{LIBRARY}/asyncio/events.py")
SELECT = frame("EpollSelector.select", 468, f"{LIBRARY}/selectors.py")
MAIN = frame("<module>")


def _cpu(stacks: tuple[StackTime, ...]) -> list[tuple[str, int, int]]:
    """Return innermost function, processor time and what of it was late."""
    return [
        (each.frames[-1].function.name, each.time.cpu_us, each.time.late_us)
        for each in with_callbacks_charged(stacks)
    ]


def test_callbacks_share_it_by_what_was_seen_in_each() -> None:
    stacks = (
        stack(MAIN, RUNNER, ONCE, SELECT, cpu_us=900),
        stack(MAIN, RUNNER, ONCE, HANDLE, frame("fetch"), cpu_us=60),
        stack(MAIN, RUNNER, ONCE, HANDLE, frame("store"), frame("write"), cpu_us=30),
        stack(MAIN, cpu_us=10),
    )

    assert _cpu(stacks) == [
        ("EpollSelector.select", 0, 0),
        ("fetch", 660, 600),
        ("write", 330, 300),
        ("<module>", 10, 0),
    ]


def test_the_sum_stays_what_it_was() -> None:
    stacks = (
        stack(MAIN, RUNNER, ONCE, SELECT, cpu_us=1_000),
        stack(MAIN, RUNNER, ONCE, HANDLE, frame("fetch"), cpu_us=10),
    )

    assert sum(cpu_us for _, cpu_us, _ in _cpu(stacks)) == 1_010


def test_a_loop_without_callbacks_keeps_its_time() -> None:
    stacks = (stack(MAIN, RUNNER, ONCE, SELECT, cpu_us=900),)

    assert _cpu(stacks) == [("EpollSelector.select", 900, 0)]


def test_the_callbacks_of_another_thread_are_not_charged() -> None:
    stacks = (
        stack(MAIN, RUNNER, ONCE, SELECT, cpu_us=900),
        stack(MAIN, RUNNER, ONCE, HANDLE, frame("fetch"), cpu_us=60, thread="other"),
    )

    assert _cpu(stacks) == [("EpollSelector.select", 900, 0), ("fetch", 60, 0)]


def test_uvloop_has_no_frames_but_those_of_the_callbacks() -> None:
    stacks = (
        stack(MAIN, RUNNER, cpu_us=300),
        stack(MAIN, RUNNER, frame("serve"), cpu_us=100),
    )

    assert _cpu(stacks) == [("Runner.run", 0, 0), ("serve", 400, 300)]


def test_waiting_for_events_stays_waiting() -> None:
    waiting = stack(MAIN, RUNNER, ONCE, SELECT, cpu_us=20, resting_us=5_000)
    running = stack(MAIN, RUNNER, ONCE, HANDLE, frame("fetch"), cpu_us=20)

    first, _ = with_callbacks_charged((waiting, running))

    assert (first.time.cpu_us, first.time.resting_us) == (0, 5_000)


def test_selecting_outside_of_a_loop_is_left_alone() -> None:
    stacks = (stack(MAIN, SELECT, cpu_us=50), stack(MAIN, frame("work"), cpu_us=50))

    assert _cpu(stacks) == [("EpollSelector.select", 50, 0), ("work", 50, 0)]
