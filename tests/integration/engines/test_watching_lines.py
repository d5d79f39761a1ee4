"""line_profiler and memory_profiler see through us what they see by their own commands."""

import re
from pathlib import Path

from line_profiler import LineStats

from tests.integration.engines.conftest import Profiled, Workshop

MODULE = """
def decorated(function):
    def around(*words):
        return function(*words)
    return around

def slow(n):
    total = 0
    for i in range(n):
        total += i
    return total

@decorated
def around_it():
    return 1

class Cart:
    @property
    def total(self):
        return slow(3)

    @staticmethod
    def tax(amount):
        half = amount / 2
        return half

    async def ship(self):
        return "shipped"

def outer():
    def inner(k):
        return k + 1
    return [inner(i) for i in range(7)]
"""
SCRIPT = """
import asyncio
import work

def main():
    for _ in range(10):
        work.slow(5)
    cart = work.Cart()
    cart.tax(cart.total)
    work.outer()
    work.around_it()
    return asyncio.run(cart.ship())

print(main())
"""
MEMORY = """
try:
    profile
except NameError:
    def profile(function):
        return function

@profile
def build(n):
    kept = []
    for i in range(n):
        kept.append(bytearray(8))
    large = bytearray(64 * 1024 * 1024)
    return len(kept), len(large)

print(build(25))
"""
_MIB = 1 << 20
AROUND = MODULE.splitlines().index("    return 1") + 1
INNER = MODULE.splitlines().index("        return k + 1") + 1
HALF = MODULE.splitlines().index("        half = amount / 2") + 1


def _hits(profiled: Profiled) -> dict[tuple[str, int], object]:
    return {
        (str(row["function"]), int(str(row["place"]).rpartition(":")[2])): row["hits"]
        for row in profiled.rows("lines")
    }


def _names(*names: str) -> list[str]:
    return [word for name in names for word in ("--function", name)]


def test_lines_are_hit_as_under_kernprof(workshop: Workshop) -> None:
    workshop.write("work.py", MODULE)
    workshop.write("app.py", SCRIPT)
    names = _names("work:slow", "work:Cart", "work:outer")

    profiled = workshop.profile("--engine", "line", *names, "app.py")
    done = workshop.run("-m", "kernprof", "-l", "-p", "work", "-o", "alone.lprof", "app.py")

    assert done.returncode == 0, done.stderr
    alone = LineStats.from_files(workshop.folder / "alone.lprof")
    assert profiled.out == "shipped\n"
    assert _hits(profiled) == {
        (name, line): hits
        for (_, _, name), lines in alone.timings.items()
        for line, hits, _ in lines
        if name.partition(".")[0] in {"slow", "Cart", "outer"} and "<locals>" not in name
    }


def test_the_script_itself_can_be_watched(workshop: Workshop) -> None:
    workshop.write("work.py", MODULE)
    workshop.write("app.py", SCRIPT)
    names = _names(
        "main", "work:around_it", "work:outer.<locals>.inner", f"{workshop.folder}/work.py:Cart.tax"
    )

    profiled = workshop.profile("--engine", "line", *names, "app.py")

    hits = _hits(profiled)
    assert (hits[("main", 6)], hits[("main", 7)]) == (11, 10)
    assert hits[("outer.<locals>.inner", INNER)] == 7
    assert hits[("Cart.tax", HALF)] == 1
    assert hits[("around_it", AROUND)] == 1
    (row,) = (row for row in profiled.rows("lines") if row["hits"] == 10)
    assert (row["place"], row["source"]) == ("app.py:7", "work.slow(5)")


def test_a_module_run_by_its_name_can_be_watched(workshop: Workshop) -> None:
    workshop.write("work.py", MODULE)
    workshop.write("app.py", SCRIPT)

    profiled = workshop.profile("--engine", "line", *_names("app:main", "main"), "-m", "app")

    assert _hits(profiled)[("main", 7)] == 10
    assert "no such function" not in profiled.skipped()


def test_what_is_not_defined_is_told(workshop: Workshop) -> None:
    workshop.write("app.py", "print('ran')")

    profiled = workshop.profile("--engine", "line", *_names("app:nothing", "main"), "app.py")

    assert profiled.out == "ran\n"
    assert "app:nothing: no such function was defined" in profiled.skipped()
    assert "__main__:main: no such function was defined" in profiled.skipped()


def test_errors_of_a_watched_script_look_as_always(workshop: Workshop) -> None:
    workshop.write("app.py", "def main():\n    pass\nmain()\nraise SystemExit(3)\n")
    workshop.write("wrong.py", "def main(:\n")

    ended = workshop.profile("--engine", "line", "--function", "main", "app.py")
    wrong = workshop.profile("--engine", "line", "--function", "main", "wrong.py")

    assert ended.status == 3
    assert (wrong.status, wrong.err) == (1, workshop.run("wrong.py").stderr)


def test_memory_is_read_as_often_as_by_the_command(workshop: Workshop) -> None:
    workshop.write("app.py", MEMORY)

    profiled = workshop.profile("--engine", "memory", "--function", "build", "app.py")
    alone = workshop.run("-m", "memory_profiler", "app.py").stdout

    told = {
        int(line): int(occurrences)
        for line, occurrences in re.findall(
            r"^ *(\d+) +[\d.]+ MiB +-?[\d.]+ MiB +(\d+)", alone, re.MULTILINE
        )
    }
    rows = profiled.rows("memory-lines")
    lines = {int(str(row["place"]).rpartition(":")[2]): row for row in rows}
    assert {line: row["occurrences"] for line, row in lines.items()} == told
    assert float(str(lines[13]["added_bytes"] or 0)) > 60 * _MIB
    assert "resident memory of the whole process" in profiled.skipped()


def test_a_function_that_calls_a_watched_one_gets_its_own_difference(workshop: Workshop) -> None:
    workshop.write(
        "app.py",
        "def part():\n    small = bytearray(10)\n    return small\n"
        "def whole():\n    for _ in range(50):\n        part()\n    return 0\nwhole()\n",
    )

    profiled = workshop.profile("--engine", "memory", *_names("part", "whole"), "app.py")

    (loop,) = (row for row in profiled.rows("memory-lines") if row["source"] == "part()")
    assert loop["occurrences"] == 50
    assert abs(float(str(loop["added_bytes"] or 0))) < 50 * _MIB


def test_child_processes_count_their_own_lines(workshop: Workshop) -> None:
    workshop.write("work.py", MODULE)
    workshop.write(
        "app.py",
        "import os, work\nwork.outer()\nif os.fork() == 0:\n    work.outer()\n    os._exit(0)\n"
        "os.wait()\n",
    )

    profiled = workshop.profile("--engine", "line", "--function", "work:outer", "app.py")

    assert _hits(profiled)[("outer", INNER + 1)] == 2
    assert Path(str(profiled.rows("lines")[0]["place"])).name.startswith("work.py")
