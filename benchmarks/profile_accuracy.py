"""How far profilers are from the truth, on programs that measure themselves.

    python -m benchmarks.profile_accuracy [--rounds N] [--seconds S]

A share is the processor time of a function with all that it calls, as part of that of the functions
that the program measures; the truth is what the program's own clock says when it runs by itself.
"""

import argparse
import json
import pstats
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.machine import describe_host
from benchmarks.results import RESULTS, Requirement, markdown_table, write_result

Shares: TypeAlias = Mapping[str, float]
PROGRAMS: Mapping[str, str] = {
    "blocks": "turns of 30 ms: Python, C with and without the interpreter",
    "calls": "very many small calls against none",
    "stretches": "a millisecond or two between waits",
    "callbacks": "callbacks of an event loop of 0.2 ms",
}
PROMISED = ("blocks", "calls")
"""Where a share must be right within two points; the others show where sampling finds its end."""
POINTS = 2.0
_SCRIPT = Path(__file__).parent / "profile_programs" / "known.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A profiler, how it is started, and how its output is read."""

    name: str
    command: Callable[[Path], tuple[str, ...]]
    read: Callable[[Path], Mapping[str, float]]


def main() -> int:
    """Run everything, keep the page, and fail if ours is further off than promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="for aegis profile")
    parser.add_argument("--peer-rounds", type=int, default=1, help="for the others")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each run")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    found = {
        program: {each.name: _errors(each, program, options) for each in TOOLS}
        for program in PROGRAMS
    }
    ours = TOOLS[0].name
    requirements = [
        Requirement.at_most(f"{each}: {ours}", statistics.median(found[each][ours]), POINTS)
        for each in PROMISED
    ]
    text = _page(found, requirements)
    write_result(options.results, "profile-accuracy", describe_host(), text, {"points": found})
    return 0 if all(each.is_met for each in requirements) else 1


def _errors(tool: Tool, program: str, options: argparse.Namespace) -> list[float]:
    """Return how many points the worst share is off, for each round."""
    rounds = options.rounds if tool is TOOLS[0] else options.peer_rounds
    found = [_error(tool, program, options.seconds) for _ in range(rounds)]
    print(f"{program}, {tool.name}: {[round(each, 1) for each in found]}", file=sys.stderr)
    return found


def _error(tool: Tool, program: str, seconds: float) -> float:
    target = (str(_SCRIPT), program, str(seconds))
    told = subprocess.run((sys.executable, *target), capture_output=True, text=True, check=True)
    truth_s = json.loads(told.stdout)
    truth = _shares(truth_s, truth_s)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        subprocess.run((*tool.command(output), *target), capture_output=True, check=True)
        shares = _shares(tool.read(output), truth_s)
    return 100 * max(abs(shares[name] - truth[name]) for name in truth)


def _shares(times: Mapping[str, float], names: Mapping[str, float]) -> Shares:
    whole = sum(times.get(each, 0.0) for each in names) or 1.0
    return {each: times.get(each, 0.0) / whole for each in names}


def _pstats(path: Path) -> Mapping[str, float]:
    """Return the cumulative seconds of each function of the program."""
    stats = vars(pstats.Stats(str(path)))["stats"]
    return {name: each[3] for (file, _, name), each in stats.items() if file.endswith("known.py")}


def _collapsed(path: Path) -> Mapping[str, float]:
    """Return the looks at each function of the program, from py-spy's lines."""
    times: dict[str, float] = {}
    for line in path.read_text("utf-8").splitlines():
        stack, _, count = line.rpartition(" ")
        frames = {each.partition(" (")[0] for each in stack.split(";") if "known.py" in each}
        for name in frames:
            times[name] = times.get(name, 0.0) + float(count)
    return times


def _aegis(output: Path) -> tuple[str, ...]:
    report = ("--output", str(output.with_suffix(".txt")))
    return (sys.executable, "-m", "aegis_cli", "profile", *report, "--export", f"pstats={output}")


def _cprofile(output: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "cProfile", "-o", str(output))


def _py_spy(output: Path) -> tuple[str, ...]:
    tool = str(Path(sys.executable).with_name("py-spy"))
    return (tool, "record", "-f", "raw", "-o", str(output), "--", sys.executable)


def _yappi(output: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "yappi", "-f", "pstat", "-o", str(output))


TOOLS = (
    Tool(name="aegis profile", command=_aegis, read=_pstats),
    Tool(name="cProfile", command=_cprofile, read=_pstats),
    Tool(name="yappi", command=_yappi, read=_pstats),
    Tool(name="py-spy", command=_py_spy, read=_collapsed),
)


def _page(
    found: Mapping[str, Mapping[str, Sequence[float]]],
    requirements: Sequence[Requirement],
) -> str:
    rows = [
        (PROGRAMS[program], *(f"{statistics.median(each):.1f}" for each in by_tool.values()))
        for program, by_tool in found.items()
    ]
    verdicts = (
        f"- {each.name}: {each.value:.1f}, required {each.bound}: {each.verdict}"
        for each in requirements
    )
    return "\n\n".join(
        (
            "By how many points the worst share is off; the median where there are several rounds.",
            markdown_table(("", *(each.name for each in TOOLS)), rows),
            "\n".join(verdicts),
            _REMARKS,
        )
    )


_REMARKS = """## How to read this

- cProfile and yappi count every call and charge part of what that costs to the caller.
- py-spy reads the stacks from outside, at any instruction; it looks at what does not wait, not at
  who has the processor.
- `aegis profile` sees where the interpreter lets other threads run. On a busy machine the request
  for that comes late, and more of a short stretch is charged to the wait behind it, or nowhere."""


if __name__ == "__main__":
    sys.exit(main())
