"""memray and tracemalloc find through us what they find by their own commands."""

import subprocess
import sys

import memray
import pytest

from tests.integration.engines.conftest import Profiled, Workshop

PROGRAM = """
KEPT = []

def keep(n):
    KEPT.append([bytes(1000) for _ in range(n)])

def pass_by():
    return bytearray(3_000_000)

for _ in range(100):
    keep(10)
pass_by()
large = bytearray(20_000_000)
print(len(KEPT))
"""


def _held(profiled: Profiled, section: str) -> dict[str, object]:
    return {str(row["place"]): row["size_bytes"] for row in profiled.rows(section)}


def test_memray_finds_the_lines_of_the_high_water_mark(workshop: Workshop) -> None:
    workshop.write("app.py", PROGRAM)

    profiled = workshop.profile("--engine", "memray", "app.py")
    done = workshop.run("-m", "memray", "run", "-q", "-o", "alone.bin", "app.py")

    assert done.returncode == 0, done.stderr
    alone: dict[int, int] = {}
    with memray.FileReader(workshop.folder / "alone.bin") as reader:
        for record in reader.get_high_watermark_allocation_records(merge_threads=True):
            for _, path, line in record.stack_trace(max_stacks=1):
                if path.endswith("app.py"):
                    alone[line] = alone.get(line, 0) + record.size
    held = _held(profiled, "peak-memory")
    assert profiled.out == "100\n"
    assert held["app.py:13"] == alone[13]
    # Small blocks come from arenas, of which one more or less may be begun before the program.
    arena = 1 << 20
    assert held["app.py:5"] == pytest.approx(alone[5], abs=arena)


def test_tracemalloc_finds_what_lines_hold(workshop: Workshop) -> None:
    workshop.write("app.py", PROGRAM)

    held = _held(workshop.profile("--engine", "tracemalloc", "app.py"), "held-memory")

    sizes = 1000 * sys.getsizeof(bytes(1000))
    assert sizes <= int(str(held["app.py:5"])) < sizes * 1.1
    assert int(str(held["app.py:13"])) >= 20_000_000
    assert "app.py:8" not in held


def test_memory_that_a_library_takes_counts_for_the_line_that_called_it(
    workshop: Workshop,
) -> None:
    workshop.write("app.py", "import json\nKEPT = json.loads('[' + '\"aaaa\",' * 9999 + '1]')\n")

    held = _held(workshop.profile("--engine", "tracemalloc", "app.py"), "held-memory")

    assert int(str(held["app.py:2"])) > 9999 * 8


def test_a_program_that_stops_the_tracing_is_told_of(workshop: Workshop) -> None:
    workshop.write("app.py", "import tracemalloc\ntracemalloc.stop()\nprint('ran')\n")

    profiled = workshop.profile("--engine", "tracemalloc", "app.py")

    assert profiled.out == "ran\n"
    assert "the program itself stopped it" in profiled.skipped()


def test_forked_children_are_tracked_in_files_of_their_own(workshop: Workshop) -> None:
    workshop.write(
        "app.py",
        "import os\nif os.fork() == 0:\n    kept = bytearray(9_000_000)\n    os._exit(0)\n"
        "os.wait()\n",
    )

    for engine, section in (("memray", "peak-memory"), ("tracemalloc", "held-memory")):
        held = _held(workshop.profile("--engine", engine, "app.py"), section)

        assert int(str(held["app.py:3"])) >= 9_000_000


def test_engines_reach_an_interpreter_that_has_none_of_them(workshop: Workshop) -> None:
    bare = workshop.folder / "bare"
    venv = (sys.executable, "-m", "venv", "--without-pip", str(bare))
    subprocess.run(venv, check=True, timeout=60)
    workshop.write(
        "app.py",
        "import sys\ndef f(): return 1\nf()\n"
        "print('yappi' in sys.modules)\ntry:\n    import yappi\nexcept ImportError:\n"
        "    print('not here')\n",
    )

    profiled = workshop.profile("--python", str(bare / "bin/python"), "--engine", "yappi", "app.py")

    assert profiled.out == "False\nnot here\n"
    assert {row["function"]: row["calls"] for row in profiled.rows("functions")}["f"] == 1
