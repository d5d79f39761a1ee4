"""Profile a real web application with aegis profile and others: what each says, and what it takes.

    python -m benchmarks.profile_real_program --checkout ../microblog --python ../venv/bin/python

The application is Microblog (github.com/miguelgrinberg/microblog), which is not part of this
project; `benchmarks/profile_programs/microblog_load.py` asks it for pages. `--python` names an
interpreter that has its requirements, and the other profilers but py-spy.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import describe_host
from benchmarks.processes import run_measured
from benchmarks.profile_peers import AEGIS, PEERS, Command, Peer
from benchmarks.profile_sayings import saying
from benchmarks.results import RESULTS, markdown_table, write_result

LOAD = Path(__file__).parent / "profile_programs" / "microblog_load.py"
BARE = "bare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The application, how it is started, and how much it does."""

    checkout: Path
    python: str
    pages: int

    @property
    def target(self) -> Command:
        """Return the script with its argument."""
        return (str(LOAD), str(self.pages))

    def run(self, command: Sequence[str]) -> float:
        """Run a command in the checkout and return its processor time in seconds."""
        return run_measured(("env", "-C", str(self.checkout), *command)).cpu_s


def main() -> int:
    """Run everything in turns and keep the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkout", type=Path, required=True)
    parser.add_argument("--python", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    program = Program(
        checkout=options.checkout.resolve(),
        python=str(options.python.absolute()),
        pages=options.pages,
    )
    with tempfile.TemporaryDirectory(prefix="real-program-") as folder:
        taken = _taken(program, options.rounds, Path(folder))
        said = {each.name: saying(each.name, Path(folder) / each.name) for each in (AEGIS, *PEERS)}
    _keep(program, taken, said, options)
    return 0


def _taken(program: Program, rounds: int, folder: Path) -> Mapping[str, list[float]]:
    """Return the processor times of all runs, in seconds."""
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        found.setdefault(BARE, []).append(program.run((program.python, *program.target)))
        for peer in (AEGIS, *PEERS):
            command = _command(peer, program, folder / peer.name)
            found.setdefault(peer.name, []).append(program.run(command))
            print(f"{peer.name}: {found[peer.name][-1]:.2f} s", file=sys.stderr)
    return found


def _command(peer: Peer, program: Program, output: Path) -> Command:
    command = peer.command((program.python,), program.target, output)
    if peer.name != AEGIS.name:
        return command
    place = command.index("profile") + 1
    own = ("--format", "json", "--python", program.python)
    return (*command[:place], *own, *command[place:])


def _keep(
    program: Program,
    taken: Mapping[str, Sequence[float]],
    said: Mapping[str, str],
    options: argparse.Namespace,
) -> None:
    bare_s = statistics.median(taken[BARE])
    rows = [
        (name, f"{statistics.median(each):.2f} s", f"{statistics.median(each) / bare_s:.2f}")
        for name, each in taken.items()
    ]
    text = "\n\n".join(
        (
            _introduction(program, options.rounds),
            markdown_table(("", "processor time", "relative to the bare run"), rows),
            *(f"## {name} says\n\n{each}" for name, each in said.items()),
            _REMARKS,
        )
    )
    machine = {**describe_host(), "revision": _revision(program.checkout)}
    data = {"seconds": taken, "pages": program.pages}
    write_result(options.results, "profile-real-program", machine, text, data)


def _introduction(program: Program, rounds: int) -> str:
    return (
        "[Microblog](https://github.com/miguelgrinberg/microblog), a Flask application with"
        f" SQLAlchemy on SQLite, is asked for {program.pages} pages of posts and as many answers of"
        f" its API (`{LOAD.name}`); medians of {rounds} rounds in which all take turns.\n"
        "The time of `aegis profile` is that of the whole command, report included."
    )


_REMARKS = """## How to read this

- What is quoted is the top of each profiler's own result, ordered as it is ordered there or, where
  the result is a table of all functions or lines, by own time.
- pyinstrument, too, leads to what the API counts for each user (`to_dict`), by cumulative time.
  Statements with their calls, the relationship that is loaded row by row, pages without a stable
  order and what to change are in the report of AEGIS only.
- What the API counts for each user, three statements a row, AEGIS shows as call sites and not as a
  finding.
- kernprof looks at the script that asks for the pages.
  Told to look at the application (`-p app`), it fails on Flask's `request`, which it touches
  outside of a request.
- memory_profiler measures functions that are marked in the source, and none is."""


def _revision(checkout: Path) -> str:
    command = ("git", "-C", str(checkout), "rev-parse", "--short", "HEAD")
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
