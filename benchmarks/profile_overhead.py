"""What profilers cost: processor time relative to the bare program, in runs that take turns.

    python -m benchmarks.profile_overhead [--rounds N] [--peer-rounds N]

Of `aegis profile` two numbers are given: of the program as the system counts it, with the probe in
it, and of the whole command, which also starts, reads the recording and writes the report.
Other profilers do the latter within the program's process, so theirs is one number.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import describe_host
from benchmarks.processes import run_measured
from benchmarks.profile_peers import AEGIS, PEERS, Peer
from benchmarks.results import RESULTS, Requirement, markdown_table, write_result

PROGRAMS: Mapping[str, tuple[str, int]] = {
    "computing": ("computing.py", 120),
    "asyncio": ("waiting.py", 40),
    "memory": ("allocating.py", 16),
    "ORM": ("mapping.py", 20),
}
"""The script, and how much it does: a bit more than a second of processor time by itself."""
BARE, PROGRAM, COMMAND = "bare", "aegis profile, the program", "aegis profile, the command"
MOST_OF_ANY, MOST_IN_THE_MEDIAN = 1.10, 1.05
_FOLDER = Path(__file__).parent / "profile_programs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Processor time relative to the bare run of the same round: the median and its range."""

    median: float
    lowest: float
    highest: float
    rounds: int

    def __str__(self) -> str:
        """Write the median with the range of the middle half."""
        return f"{self.median:.2f} ({self.lowest:.2f} to {self.highest:.2f})"


def main() -> int:
    """Measure everything, keep the page, and fail if ours costs more than promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="for aegis profile")
    parser.add_argument("--peer-rounds", type=int, default=3, help="for the others; 0 for none")
    parser.add_argument("--only", nargs="*", default=list(PROGRAMS), choices=list(PROGRAMS))
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    found = {
        name: {**_ours(name, options.rounds), **_peers(name, options.peer_rounds)}
        for name in options.only
    }
    requirements = _requirements(found)
    data = {"ratios": {name: _plain(each) for name, each in found.items()}}
    write_result(options.results, "profile-overhead", _machine(), _page(found, requirements), data)
    return 0 if all(each.is_met for each in requirements) else 1


def _ours(name: str, rounds: int) -> Mapping[str, Ratio]:
    """Take turns between the bare program and ours."""
    programs, commands = [], []
    for number in range(rounds):
        bare_s, (program_s, command_s) = _in_turn(name, is_bare_first=number % 2 == 0)
        programs.append(program_s / bare_s)
        commands.append(command_s / bare_s)
        print(f"{name}: {programs[-1]:.3f}", file=sys.stderr)
    return {PROGRAM: _ratio(programs), COMMAND: _ratio(commands)}


def _in_turn(name: str, *, is_bare_first: bool) -> tuple[float, tuple[float, float]]:
    if is_bare_first:
        bare_s = _bare_s(name)
        return bare_s, _aegis_s(name)
    ours = _aegis_s(name)
    return _bare_s(name), ours


def _peers(name: str, rounds: int) -> Mapping[str, Ratio]:
    found: dict[str, list[float]] = {each.name: [] for each in PEERS} if rounds else {}
    for _ in range(rounds):
        bare_s = _bare_s(name)
        for peer in PEERS:
            found[peer.name].append(_peer_s(name, peer) / bare_s)
            print(f"{name}, {peer.name}: {found[peer.name][-1]:.3f}", file=sys.stderr)
    return {peer: _ratio(each) for peer, each in found.items()}


def _target(name: str) -> tuple[str, ...]:
    script, scale = PROGRAMS[name]
    return (str(_FOLDER / script), str(scale))


def _bare_s(name: str) -> float:
    return run_measured((sys.executable, *_target(name))).cpu_s


def _peer_s(name: str, peer: Peer) -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = peer.command((sys.executable,), _target(name), Path(folder) / "output")
        return run_measured(command, accepted=(0, 1)).cpu_s


def _aegis_s(name: str) -> tuple[float, float]:
    """Return the processor time of the program with the probe, and that of the whole command."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "report.json"
        own = (sys.executable, "-m", "aegis_cli", "profile", "--format", "json")
        command = (*own, "--output", str(output), *_target(name))
        whole_s = run_measured(command).cpu_s
        return _program_s(json.loads(output.read_text("utf-8"))), whole_s


def _program_s(report: Mapping[str, Sequence[Mapping[str, Mapping[str, float]]]]) -> float:
    """Return what the system counted for the program, from the section on the run."""
    (run,) = (each for each in report["sections"] if str(each["id"]) == "run")
    return run["data"]["cpu_ms"] / 1000


def _ratio(values: Sequence[float]) -> Ratio:
    middle = sorted(values)[len(values) // 4 : len(values) - len(values) // 4]
    return Ratio(
        median=statistics.median(values),
        lowest=middle[0],
        highest=middle[-1],
        rounds=len(values),
    )


def _requirements(found: Mapping[str, Mapping[str, Ratio]]) -> tuple[Requirement, ...]:
    ours = {name: each[PROGRAM].median for name, each in found.items()}
    return (
        *(
            Requirement.at_most(f"{name}: {PROGRAM}", ratio, MOST_OF_ANY)
            for name, ratio in ours.items()
        ),
        Requirement.at_most(
            "the median of them", statistics.median(ours.values()), MOST_IN_THE_MEDIAN
        ),
    )


def _page(found: Mapping[str, Mapping[str, Ratio]], requirements: Sequence[Requirement]) -> str:
    names = list(dict.fromkeys(each for by_tool in found.values() for each in by_tool))
    rows = [(name, *(str(found[program][name]) for program in found)) for name in names]
    rounds = {str(each[PROGRAM].rounds) for each in found.values()}
    return "\n\n".join(
        (
            (
                "Processor time (user and system) relative to the bare program; medians of"
                f" {' or '.join(rounds)} rounds for ours, in brackets the range of the middle half."
            ),
            markdown_table(("", *found), rows),
            "\n".join(_verdicts(requirements)),
            _REMARKS,
        )
    )


def _verdicts(requirements: Sequence[Requirement]) -> Iterator[str]:
    for each in requirements:
        yield f"- {each.name}: {each.value:.3f}, required {each.bound}: {each.verdict}"


_REMARKS = """## How to read this

- In each round the bare program and the profiled one run one after the other, in changing order.
- The programs are `benchmarks/profile_programs`: each takes a bit more than a second by itself,
  so that starting up counts, but not for much.
- All profilers run with their defaults, their output in a file; kernprof profiles every function of
  the script, memory_profiler none, since it knows only functions that are marked."""


def _plain(ratios: Mapping[str, Ratio]) -> dict[str, dict[str, float]]:
    return {
        name: {
            "median": each.median,
            "lowest": each.lowest,
            "highest": each.highest,
            "rounds": each.rounds,
        }
        for name, each in ratios.items()
    }


def _machine() -> dict[str, str]:
    versions = {each.name: each.version for each in (AEGIS, *PEERS) if each.distribution}
    return {**describe_host(), **versions}


if __name__ == "__main__":
    sys.exit(main())
