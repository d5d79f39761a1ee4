"""Every planted call that holds an event loop is found at its line."""

import re

import pytest

from aegis_cli.model.facts.event_loops import LoopStall
from aegis_cli.profiling.analysis.stalls import loop_stalls
from aegis_cli.profiling.analysis.task_waits import task_waits
from tests.integration.runtime.conftest import Follow, Followed

# Each holds the loop for many times as long as the pause between two looks.
PLANTED = """\
import asyncio, subprocess, sys, time

def until(moment):
    while time.monotonic() < moment:
        sum(range(1000))  # computes

def helper():
    time.sleep(0.3)  # sleeps

async def sleeper():
    helper()

async def computer():
    until(time.monotonic() + 0.3)

async def process():
    subprocess.run([sys.executable, "-c", "import time; time.sleep(0.3)"])  # waits

def holds():
    [sorted(range(500_000, 0, -1), key=float) for _ in range(9)]  # keeps the interpreter

async def holder():
    holds()

async def patient():
    await asyncio.sleep(0.3)

async def main():
    for each in (sleeper, computer, process, holder, patient):
        await each()
        await asyncio.sleep(0.01)
"""
RUN = "asyncio.run(main())\n"
RUN_UVLOOP = "import uvloop\nuvloop.run(main())\n"
TOGETHER = (
    PLANTED
    + "async def all_at_once():\n    await asyncio.gather(sleeper(), patient(), process())\n"
    + "asyncio.run(all_at_once())\n"
)
MARKS = ("# sleeps", "# waits", "# keeps the interpreter")


def stalls(followed: Followed) -> tuple[LoopStall, ...]:
    """Return the stalls of the program."""
    return tuple(loop_stalls(followed.records, followed.sources))


def functions(found: tuple[LoopStall, ...]) -> set[str | None]:
    """Return the innermost functions that held the loop."""
    return {each.places[0].function for each in found if each.places}


def marks(found: tuple[LoopStall, ...]) -> set[str]:
    """Return the comments behind the lines that held the loop."""
    comments = (re.search(r"# .*", each.source) for each in found)
    return {each.group() for each in comments if each is not None}


@pytest.fixture(scope="module", params=[RUN, RUN_UVLOOP], ids=["asyncio", "uvloop"])
def planted(follow: Follow, request: pytest.FixtureRequest) -> tuple[LoopStall, ...]:
    """Give the stalls of the planted program on each kind of loop."""
    return stalls(follow(PLANTED + request.param))


def test_finds_every_planted_call_at_its_line(planted: tuple[LoopStall, ...]) -> None:
    assert marks(planted) >= set(MARKS)
    assert "until" in functions(planted)
    assert "patient" not in functions(planted)


def test_tells_how_long_it_took_and_what_was_called(planted: tuple[LoopStall, ...]) -> None:
    (waiting,) = [each for each in planted if "# waits" in each.source]

    assert waiting.longest_us >= 100_000
    assert waiting.callee == "subprocess.run"
    assert waiting.coroutine == "main"
    assert [place.function for place in waiting.places] == ["process", "main", "<module>"]


def test_parts_callbacks_that_ran_in_one_round(follow: Follow) -> None:
    found = stalls(follow(TOGETHER))

    by_coroutine = {each.coroutine: each for each in found}
    assert by_coroutine["sleeper"].places[0].function == "helper"
    assert by_coroutine["process"].callee == "subprocess.run"


def test_a_loop_that_only_waits_stands_nowhere(follow: Follow) -> None:
    text = "import asyncio\nasync def main():\n    await asyncio.sleep(1)\nasyncio.run(main())\n"

    found = stalls(follow(text))

    assert [each for each in found if each.longest_us >= 1_000_000] == []


def test_a_loop_in_a_thread_is_watched_too(follow: Follow) -> None:
    text = PLANTED + (
        "import threading\n"
        "thread = threading.Thread(target=lambda: asyncio.run(sleeper()))\n"
        "thread.start()\nthread.join()\n"
    )

    found = stalls(follow(text))

    assert "# sleeps" in marks(found)


def test_a_forked_child_is_watched_from_its_own_start(follow: Follow) -> None:
    text = PLANTED + (
        "import os\nasyncio.run(patient())\n"
        "if os.fork() == 0:\n    asyncio.run(sleeper())\nelse:\n    os.wait()\n"
    )

    followed = follow(text)

    parent, child = followed.recording.processes
    assert child.process.parent_pid == parent.process.pid
    assert not any("# sleeps" in each.source for each in stalls(followed))


@pytest.mark.parametrize("start", [RUN, RUN_UVLOOP], ids=["asyncio", "uvloop"])
def test_a_stack_that_the_program_prints_has_no_frame_of_ours(follow: Follow, start: str) -> None:
    text = (
        "import asyncio, traceback, sys\n"
        "def show():\n    traceback.print_stack(file=sys.stdout)\n"
        "async def main():\n    show()\n    asyncio.get_running_loop().call_soon(show)\n"
        "    await asyncio.sleep(0)\n    raise KeyError(1)\n"
    ) + start

    followed = follow(text)

    assert followed.status == 1
    assert "KeyError: 1" in followed.stderr
    assert "probe" not in followed.stderr
    assert start == RUN_UVLOOP or "probe" not in followed.stdout


def test_the_function_of_the_loop_passes_for_its_own(follow: Follow) -> None:
    text = (
        "import asyncio, inspect\nfrom asyncio.base_events import BaseEventLoop as loop\n"
        "print(loop._run_once.__qualname__, loop._run_once.__code__.co_qualname)\n"
        "print(inspect.getsource(loop._run_once).split('(')[0].strip())\n"
    )

    followed = follow(text)

    assert followed.stdout.splitlines() == [
        "BaseEventLoop._run_once BaseEventLoop._run_once",
        "def _run_once",
    ]


AWAITS = """\
import asyncio

async def fetch(item):
    await asyncio.sleep(0.4)
    return item

async def in_turn(items):
    results = []
    for item in items:
        results.append(await fetch(item))  # in turn
    return results

async def dependent(rounds):
    token = 0
    for _ in range(rounds):
        token = await fetch(token)
    return token

async def together(items):
    return await asyncio.gather(*(fetch(item) for item in items))

async def main():
    await asyncio.gather(in_turn(range(5)), dependent(5))
    await together(range(5))

asyncio.run(main())
"""


def test_finds_the_loop_that_waits_in_turn_and_no_other(follow: Follow) -> None:
    followed = follow(AWAITS)

    found = list(task_waits(followed.records, followed.sources))

    (waiting,) = [each for each in found if each.loop is not None]
    assert waiting.loop is not None
    assert "# in turn" in waiting.loop.source
    assert waiting.most_by_one_task >= 2
    assert waiting.total_us >= 200_000
    assert max(each.most_at_once for each in found) <= 5
