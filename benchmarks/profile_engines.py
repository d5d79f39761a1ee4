"""What named profilers cost through `aegis profile`, relative to the same profilers alone.

    python -m benchmarks.profile_engines [--rounds N] [--only ENGINE...]

Both runs of a round do the same work and keep their results in a file.
Of ours, the program with the profiler in it is what the bound is held against; reading and
reporting afterwards is given beside it, since the others leave that to another command.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import describe_host
from benchmarks.processes import run_measured
from benchmarks.results import RESULTS, Requirement, markdown_table, write_result

BOUND = 1.05
_PROGRAM = Path(__file__).parent / "profile_programs" / "calling.py"
_FRAMES = 5
"""Lines of each allocation that the engine tracemalloc keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A profiler by its own command and by ours, and how much the program does under it."""

    alone: tuple[str, ...]
    """Words before the program; `OUTPUT` stands for a file."""
    options: tuple[str, ...] = ()
    """Of ours, beside the engine's name."""
    rounds: int
    program_writes: bool = False
    """The program itself keeps the results when it runs alone."""


ENGINES: Mapping[str, Engine] = {
    "cprofile": Engine(alone=("-m", "cProfile", "-o", "OUTPUT"), rounds=30_000),
    "yappi": Engine(alone=("-m", "yappi", "-f", "pstat", "-o", "OUTPUT"), rounds=20_000),
    "line": Engine(
        alone=("-m", "kernprof", "-l", "-o", "OUTPUT"),
        options=("--function", "order"),
        rounds=20_000,
    ),
    "memory": Engine(
        alone=("-m", "memory_profiler", "-o", "OUTPUT"),
        options=("--function", "order"),
        rounds=200,
    ),
    "memray": Engine(alone=("-m", "memray", "run", "-q", "-f", "-o", "OUTPUT"), rounds=60_000),
    "tracemalloc": Engine(
        alone=("-X", f"tracemalloc={_FRAMES}"), rounds=8_000, program_writes=True
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Processor time of ours relative to alone, round by round, and alone in seconds."""

    program: tuple[float, ...]
    command: tuple[float, ...]
    alone_s: tuple[float, ...]


def main() -> int:
    """Measure all engines, keep the page, and fail if one costs more than promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", nargs="*", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    found = {name: _measured(name, options.rounds) for name in options.only}
    requirements = [
        Requirement.at_most(name, statistics.median(each.program), BOUND)
        for name, each in found.items()
    ]
    data = {
        name: {"program": each.program, "command": each.command, "alone_s": each.alone_s}
        for name, each in found.items()
    }
    page = _page(found, requirements)
    write_result(options.results, "profile-engines", describe_host(), page, {"ratios": data})
    return 0 if all(each.is_met for each in requirements) else 1


def _measured(name: str, rounds: int) -> Measured:
    """Take turns, in changing order; a first round warms up and does not count."""
    program, command, alone = [], [], []
    for number in range(rounds + 1):
        if number % 2:
            alone_s = _alone_s(name)
            program_s, command_s = _ours_s(name)
        else:
            program_s, command_s = _ours_s(name)
            alone_s = _alone_s(name)
        print(f"{name}: {program_s / alone_s:.3f}", file=sys.stderr)
        if number:
            program.append(program_s / alone_s)
            command.append(command_s / alone_s)
            alone.append(alone_s)
    return Measured(program=tuple(program), command=tuple(command), alone_s=tuple(alone))


def _alone_s(name: str) -> float:
    engine = ENGINES[name]
    with tempfile.TemporaryDirectory() as folder:
        output = str(Path(folder) / "output")
        words = (output if word == "OUTPUT" else word for word in engine.alone)
        own = (output,) if engine.program_writes else ()
        target = (str(_PROGRAM), str(engine.rounds), *own)
        return run_measured((sys.executable, *words, *target)).cpu_s


def _ours_s(name: str) -> tuple[float, float]:
    """Return the processor time of the program, and of the whole command."""
    engine = ENGINES[name]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        own = (sys.executable, "-m", "aegis_cli", "profile", "--engine", name, *engine.options)
        shared = ("--format", "json", "--output", str(report))
        whole_s = run_measured((*own, *shared, str(_PROGRAM), str(engine.rounds))).cpu_s
        sections = json.loads(report.read_text("utf-8"))["sections"]
        (run,) = (each for each in sections if each["id"] == "run")
        return float(run["data"]["cpu_ms"]) / 1000, whole_s


def _page(found: Mapping[str, Measured], requirements: Sequence[Requirement]) -> str:
    rows = [
        (
            name,
            f"{statistics.median(each.alone_s):.2f}",
            f"{statistics.median(each.program):.3f}",
            f"{_middle(each.program)}",
            f"{statistics.median(each.command):.3f}",
        )
        for name, each in found.items()
    ]
    head = ("engine", "alone (s of CPU)", "through us, the program", "middle half", "with report")
    verdicts = "\n".join(
        f"- {each.name}: {each.value:.3f}, required {each.bound}: {each.verdict}"
        for each in requirements
    )
    return "\n\n".join((_REMARKS, markdown_table(head, rows), verdicts))


def _middle(values: Sequence[float]) -> str:
    middle = sorted(values)[len(values) // 4 : len(values) - len(values) // 4]
    return f"{middle[0]:.3f} to {middle[-1]:.3f}"


_REMARKS = """Processor time (user and system) of `benchmarks/profile_programs/calling.py` under a
profiler through `aegis profile --engine`, relative to the same profiler by its own command; medians
of rounds in which the two take turns. *With report* adds the start of AEGIS, reading the recording
and writing the report."""


if __name__ == "__main__":
    sys.exit(main())
