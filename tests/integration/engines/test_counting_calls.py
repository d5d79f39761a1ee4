"""cProfile and yappi count through us what they count by their own commands."""

import pstats
from pathlib import Path

from tests.integration.engines.conftest import Profiled, Workshop

PROGRAM = """
class Cart:
    def __init__(self, items):
        self.items = items

    @property
    def total(self):
        return sum(price(item) for item in self.items)

def price(item):
    return len(str(item)) + item

def countdown(n):
    return n if n == 0 else countdown(n - 1)

def numbers(n):
    yield from range(n)

def failing():
    raise LookupError("no")

for n in range(20):
    Cart(list(numbers(n))).total
countdown(30)
try:
    failing()
except LookupError:
    print("done")
"""
THREADS = """
import threading

def work(n):
    return n if n < 2 else work(n - 1) + work(n - 2)

threads = [threading.Thread(target=work, args=(n,)) for n in (5, 6)]
for each in threads:
    each.start()
    each.join()
work(7)
"""
CALLS_OF_WORK = {5: 15, 6: 25, 7: 41}
FORK = """
import os

def before(): pass
def child(): pass
def parent(): pass

before()
if os.fork() == 0:
    child()
    os._exit(0)
os.wait()
parent()
"""
PROFILES_ITSELF = """
import cProfile, io, pstats

def inner(): pass
def outer(): pass

outer()
own = cProfile.Profile()
own.enable()
inner()
inner()
own.disable()
stats = pstats.Stats(own, stream=io.StringIO()).stats
outer()
print(sum(calls for _, calls, *_ in stats.values()))
"""
_BUILT_IN = {"<built-in method builtins.sum>"}


def _counted(path: Path, script: str) -> dict[tuple[int, str], tuple[int, int]]:
    """Return calls and primitive calls of a script's functions, and of some written in C."""
    return {
        (line, name): (calls, primitive)
        for (file, line, name), (primitive, calls, *_) in _stats(path).items()
        if Path(file).name == script or name in _BUILT_IN
    }


def _stats(path: Path) -> dict[tuple[str, int, str], tuple[int, int, float, float, object]]:
    found: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = pstats.Stats(
        str(path)
    ).stats  # type: ignore[attr-defined]  # not in the stubs
    return found


def _calls(profiled: Profiled) -> dict[str, object]:
    return {str(row["function"]): row["calls"] for row in profiled.rows("functions")}


def test_cprofile_counts_as_its_own_command(workshop: Workshop) -> None:
    workshop.write("app.py", PROGRAM)
    ours, alone = workshop.folder / "ours.pstats", workshop.folder / "alone.pstats"

    profiled = workshop.profile("--engine", "cprofile", "--pstats", str(ours), "app.py")
    assert workshop.run("-m", "cProfile", "-o", str(alone), "app.py").returncode == 0

    assert profiled.out == "done\n"
    assert _counted(ours, "app.py") == _counted(alone, "app.py")
    assert _callers(ours, "price") == _callers(alone, "price") == {"<genexpr>": (190, 190)}
    assert _calls(profiled)["Cart.total"] == 20
    (countdown,) = (row for row in profiled.rows("functions") if row["function"] == "countdown")
    assert (countdown["place"], countdown["calls"]) == ("app.py:13", 31)
    assert countdown["primitive_calls"] == 1


def _callers(path: Path, name: str) -> dict[str, tuple[int, int]]:
    (callers,) = (entry[4] for label, entry in _stats(path).items() if label[2] == name)
    assert isinstance(callers, dict)
    return {label[2]: sums[:2] for label, sums in callers.items()}


def test_cprofile_counts_the_calls_of_every_thread(workshop: Workshop) -> None:
    workshop.write("app.py", THREADS)

    profiled = workshop.profile("--engine", "cprofile", "app.py")

    assert _calls(profiled)["work"] == sum(CALLS_OF_WORK.values())


def test_a_forked_child_counts_from_its_own_beginning(workshop: Workshop) -> None:
    workshop.write("app.py", FORK)

    for engine in ("cprofile", "yappi"):
        calls = _calls(workshop.profile("--engine", engine, "app.py"))

        assert [calls[name] for name in ("before", "child", "parent")] == [1, 1, 1]


def test_a_program_that_profiles_itself_gets_its_own_numbers(workshop: Workshop) -> None:
    workshop.write("app.py", PROFILES_ITSELF)

    profiled = workshop.profile("--engine", "cprofile", "app.py")

    assert profiled.out == workshop.run("app.py").stdout
    assert _calls(profiled)["outer"] == 2
    assert "inner" not in _calls(profiled)
    assert "the program profiled itself 1 times" in profiled.skipped()


def test_yappi_counts_as_its_own_command(workshop: Workshop) -> None:
    workshop.write("app.py", PROGRAM)
    ours, alone = workshop.folder / "ours.pstats", workshop.folder / "alone.pstats"

    workshop.profile("--engine", "yappi", "--pstats", str(ours), "app.py")
    done = workshop.run("-m", "yappi", "-f", "pstat", "-o", str(alone), "app.py")

    assert done.returncode == 0, done.stderr
    assert {label: calls for label, (calls, _) in _counted(ours, "app.py").items()} == {
        (line, name.rpartition(".")[2]): primitive
        for (line, name), (_, primitive) in _counted(alone, "app.py").items()
    }


def test_yappi_parts_threads(workshop: Workshop) -> None:
    workshop.write("app.py", THREADS)

    profiled = workshop.profile("--engine", "yappi", "--clock", "wall", "app.py")

    assert _calls(profiled)["work"] == sum(CALLS_OF_WORK.values())
    names = sorted(str(row["thread"]) for row in profiled.rows("engine-threads"))
    assert names == ["Thread", "Thread", "_MainThread"]


def test_yappi_parts_greenlets_on_request(workshop: Workshop) -> None:
    workshop.write(
        "app.py",
        "from greenlet import greenlet\ndef work(): pass\n"
        "for _ in range(3):\n    greenlet(work).switch()\n",
    )

    profiled = workshop.profile("--engine", "yappi", "--greenlets", "app.py")

    assert _calls(profiled)["work"] == 3
    assert len(profiled.rows("engine-threads")) == 4


def test_yappi_counts_a_coroutine_once_however_often_it_waits(workshop: Workshop) -> None:
    workshop.write(
        "app.py",
        "import asyncio\n"
        "async def wait():\n    for _ in range(3):\n        await asyncio.sleep(0.05)\n"
        "async def main():\n    await asyncio.gather(wait(), wait())\n"
        "asyncio.run(main())\n",
    )

    profiled = workshop.profile("--engine", "yappi", "--clock", "wall", "app.py")

    (row,) = (row for row in profiled.rows("functions") if row["function"] == "wait")
    assert row["calls"] == 2
    # Both waited three times 50 ms, at the same time.
    assert float(str(row["cumulative_ms"])) >= 2 * 140
