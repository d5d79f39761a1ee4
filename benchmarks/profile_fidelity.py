"""Run the programs of the fidelity suite under each profiler, and compare with the bare runs.

    python -m benchmarks.profile_fidelity [--only NAME…]

A run is the same when the exit status (or the signal) and every byte on stdout are; stderr, where
some profilers speak, is counted apart.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import describe_host
from benchmarks.profile_peers import AEGIS, PEERS, Peer, taken_apart
from benchmarks.results import RESULTS, Requirement, markdown_table, write_result
from tests.integration.profile.programs import PROGRAMS, Program
from tests.integration.profile.running import Ended, Place, bare, run

DEADLINE_S = 20
_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one program fared under one profiler."""

    program: str
    peer: str
    is_same: bool
    """Exit status and stdout."""
    is_same_stderr: bool
    why: str
    """What was different first; empty if nothing was."""


def main() -> int:
    """Run all programs under all profilers and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=list(PROGRAMS), metavar="NAME")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    outcomes = list(_all_outcomes(options.only))
    ours = [each for each in outcomes if each.peer == AEGIS.name]
    requirement = Requirement.at_least(
        "programs the same under aegis profile, stderr included",
        sum(each.is_same and each.is_same_stderr for each in ours),
        len(ours),
    )
    write_result(
        options.results,
        "profile-fidelity",
        _machine(),
        _page(outcomes, requirement),
        {"outcomes": [_record(each) for each in outcomes]},
    )
    return 0 if requirement.is_met else 1


def _all_outcomes(names: Sequence[str]) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory(prefix="fidelity-", ignore_cleanup_errors=True) as scratch:
        place = Place(python=sys.executable, version=_VERSION, folder=Path(scratch) / "work")
        for name in names:
            expected = bare(PROGRAMS[name], place)
            for peer in (AEGIS, *PEERS):
                yield _outcome(name, peer, place, expected)
            print(name, file=sys.stderr)


def _outcome(name: str, peer: Peer, place: Place, expected: Ended) -> Outcome:
    program = PROGRAMS[name]
    options, target = taken_apart(program.words)
    if not peer.can_run(target):
        return _told(name, peer, "no such option")
    output = place.folder.with_name("output")
    command = peer.command((place.python, *options), target, output)
    found = _run(program, command, place)
    if found is None:
        return _told(name, peer, f"not at an end after {DEADLINE_S} s")
    return Outcome(
        program=name,
        peer=peer.name,
        is_same=(found.status, found.out) == (expected.status, expected.out),
        is_same_stderr=found.err == expected.err,
        why=_difference(found, expected),
    )


def _run(program: Program, command: Sequence[str], place: Place) -> Ended | None:
    environment = place.lay_out(program)
    try:
        return run(program, command, place.folder, environment, deadline_s=DEADLINE_S)
    except subprocess.TimeoutExpired:
        return None


def _told(name: str, peer: Peer, why: str) -> Outcome:
    return Outcome(program=name, peer=peer.name, is_same=False, is_same_stderr=False, why=why)


def _difference(found: Ended, expected: Ended) -> str:
    if found.status != expected.status:
        return f"status {found.status} instead of {expected.status}"
    if found.out != expected.out:
        return "stdout"
    return "stderr" if found.err != expected.err else ""


def _page(outcomes: Sequence[Outcome], requirement: Requirement) -> str:
    names = list(dict.fromkeys(each.program for each in outcomes))
    rows = []
    for peer in (AEGIS, *PEERS):
        own = [each for each in outcomes if each.peer == peer.name]
        same = sum(each.is_same for each in own)
        wholly = sum(each.is_same and each.is_same_stderr for each in own)
        stuck = sum("not at an end" in each.why for each in own)
        rows.append((peer.name, peer.version, f"{same}", f"{wholly}", f"{stuck}"))
    head = ("profiler", "version", "same status and stdout", "stderr, too", "hangs")
    return "\n\n".join(
        (
            f"{len(names)} programs of `tests/integration/profile`, Python {_VERSION}.",
            markdown_table(head, rows),
            (
                f"- {requirement.name}: {requirement.value:g}, required {requirement.bound}:"
                f" {requirement.verdict}"
            ),
            "## What was different",
            *(_differences(peer, outcomes) for peer in (AEGIS, *PEERS)),
            _REMARKS,
        )
    )


_REMARKS = """## How to read this

- Each profiler is run by its own command line with its output in a file.
  Where it has no option for a module, code or stdin as program, the program counts as different.
- kernprof profiles the whole script (`-l -p SCRIPT`); without that it would measure nothing.
- py-spy looks from outside; most of these programs end before it has found them, which it reports
  on stderr and with a status of its own."""


def _differences(peer: Peer, outcomes: Sequence[Outcome]) -> str:
    told: dict[str, list[str]] = {}
    for each in outcomes:
        if each.peer == peer.name and not each.is_same:
            told.setdefault(each.why, []).append(each.program)
    lines = [f"  - {why}: {', '.join(names)}" for why, names in sorted(told.items())]
    return "\n".join((f"- **{peer.name}**: {'' if lines else 'nothing'}".rstrip(), *lines))


def _record(outcome: Outcome) -> dict[str, object]:
    return {
        "program": outcome.program,
        "profiler": outcome.peer,
        "same": outcome.is_same,
        "same_stderr": outcome.is_same_stderr,
        "difference": outcome.why,
    }


def _machine() -> dict[str, str]:
    versions = {each.name: each.version for each in PEERS if each.distribution}
    return {**describe_host(), **versions}


if __name__ == "__main__":
    sys.exit(main())
