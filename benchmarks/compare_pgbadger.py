"""Compare AEGIS with pgBadger on the same logs: processor, memory, and the same numbers."""

import argparse
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.generate_logs import DATA
from benchmarks.machine import describe_machine
from benchmarks.processes import Median, median_of, run_measured, tree_peak_mb
from benchmarks.reports import (
    Agreement,
    aegis_executions,
    aegis_totals,
    agreement,
    pgbadger_totals,
)
from benchmarks.results import RESULTS, Requirement, markdown_table, write_result
from benchmarks.server import ORDINARY_PREFIX

MEGABYTE = 1_000_000
MAX_PEAK_MB = 200.0
MIN_SPEEDUP = 1.7
MAX_GROWTH = 1.2
# 1 says "findings at or above --fail-on": a complete report.
AEGIS_CODES = (0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A log, pgBadger's name for its format, and the ratio promised."""

    name: str
    log: Path
    pgbadger_format: str
    min_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both programs on one log."""

    case: Case
    size_mb: float
    ours: Median
    theirs: Median
    our_executions: int
    their_executions: int
    agreement: Agreement

    @property
    def ratio(self) -> float:
        """Give pgBadger's processor time divided by ours."""
        return self.theirs.cpu_s / self.ours.cpu_s


def main() -> None:
    """Run the comparisons named on the command line, print and keep them."""
    options = _parser().parse_args()
    machine = describe_machine()
    known = {case.name: case for case in _cases(options.data)}
    comparisons = []
    requirements: list[Requirement] = []
    for name in options.cases:
        comparison = compare(known[name], options.runs)
        comparisons.append(comparison)
        requirements += _judged(comparison)
    if options.jobs:
        requirements += measure_jobs(known["ordinary"], options.runs)
    if options.scale:
        requirements += measure_scale(known["ordinary"], options.large)
    text = _markdown(comparisons, requirements)
    data = {
        "comparisons": [_as_data(comparison) for comparison in comparisons],
        "requirements": [asdict(requirement) for requirement in requirements],
    }
    write_result(options.results, options.name, machine, text, data)
    sys.exit(not all(requirement.is_met for requirement in requirements))


def compare(case: Case, runs: int) -> Comparison:
    """Run both programs in turn on one log and compare what they counted."""
    _read_once(case.log)
    with tempfile.TemporaryDirectory() as name:
        ours_out, theirs_out = Path(name) / "aegis.json", Path(name) / "pgbadger.json"
        ours, theirs = [], []
        for _ in range(runs):
            theirs.append(run_measured(pgbadger_command(case, theirs_out)))
            ours.append(run_measured(aegis_command(case.log, ours_out), AEGIS_CODES))
        our_totals, their_totals = aegis_totals(ours_out), pgbadger_totals(theirs_out)
        return Comparison(
            case=case,
            size_mb=case.log.stat().st_size / MEGABYTE,
            ours=median_of(ours),
            theirs=median_of(theirs),
            our_executions=aegis_executions(ours_out),
            their_executions=sum(total.calls for total in their_totals.values()),
            agreement=agreement(our_totals, their_totals),
        )


def measure_jobs(case: Case, runs: int) -> list[Requirement]:
    """Measure how much sooner two processes are done than one, and their memory together."""
    one, two = [], []
    with tempfile.TemporaryDirectory() as name:
        output = Path(name) / "aegis.json"
        for _ in range(runs):
            one.append(run_measured(aegis_command(case.log, output), AEGIS_CODES))
            two.append(run_measured(aegis_command(case.log, output, jobs=2), AEGIS_CODES))
        together_mb = tree_peak_mb(aegis_command(case.log, output, jobs=2), AEGIS_CODES)
    speedup = median_of(one).wall_s / median_of(two).wall_s
    return [
        Requirement.at_least("two processes, wall time: times faster", speedup, MIN_SPEEDUP),
        Requirement.at_most(
            "two processes, memory of all together in MB", together_mb, MAX_PEAK_MB
        ),
    ]


def measure_scale(case: Case, large: Path | None) -> list[Requirement]:
    """Measure how memory grows when the log is ten times as long."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        output = folder / "aegis.json"
        small = case.log if large else _first_tenth(case.log, folder / case.log.name)
        big = large or case.log
        peaks = [
            run_measured(aegis_command(log, output), AEGIS_CODES).peak_mb for log in (small, big)
        ]
        times = big.stat().st_size / small.stat().st_size
    label = f"memory with {times:.1f} times the log ({peaks[0]:.0f} to {peaks[1]:.0f} MB)"
    return [Requirement.at_most(label, peaks[1] / peaks[0], MAX_GROWTH)]


def pgbadger_command(case: Case, output: Path) -> list[str]:
    """Build the command that has pgBadger read a log in one process.

    Its JSON holds every statement whatever `--top` says, and a long top list, which it sorts
    anew for each execution, would slow it down many times: the default stays.
    With a folder of its own for its pid file it does not mind another pgBadger.
    """
    return [
        "pgbadger", "-q", "-j", "1", "-f", case.pgbadger_format, "-p", ORDINARY_PREFIX,
        "-x", "json", "-o", str(output), "--pid-dir", str(output.parent), str(case.log),
    ]  # fmt: skip


def aegis_command(log: Path, output: Path, jobs: int = 1) -> list[str]:
    """Build the command that has AEGIS read a log with everything on."""
    program = Path(sys.executable).with_name("aegis")
    return [
        str(program), "explain-queries", str(log), "--format", "json",
        "--jobs", str(jobs), "--output", str(output),
    ]  # fmt: skip


def _cases(data: Path) -> tuple[Case, ...]:
    def case(name: str, path: str, kind: str, min_ratio: float) -> Case:
        return Case(name=name, log=data / path, pgbadger_format=kind, min_ratio=min_ratio)

    return (
        case("ordinary", "ordinary/postgresql.log", "stderr", 22.0),
        case("literals", "literals/postgresql.log", "stderr", 15.0),
        case("long-literals", "long-literals/postgresql.log", "stderr", 15.0),
        case("csvlog", "ordinary/postgresql.csv", "csv", 25.0),
        case("jsonlog", "ordinary/postgresql.json", "jsonlog", 20.0),
    )


def _judged(found: Comparison) -> list[Requirement]:
    name = found.case.name
    different = len(found.agreement.different)
    surplus = abs(found.our_executions - found.their_executions)
    return [
        Requirement.at_least(f"{name}: pgBadger's CPU / ours", found.ratio, found.case.min_ratio),
        Requirement.at_most(f"{name}: peak memory in MB", found.ours.peak_mb, MAX_PEAK_MB),
        Requirement.at_most(f"{name}: executions counted differently", surplus, 0),
        Requirement.at_most(f"{name}: statements with other totals", different, 0),
    ]


def _markdown(found: list[Comparison], requirements: list[Requirement]) -> str:
    head = (
        "log", "MB", "bytes per execution", "pgBadger CPU s", "AEGIS CPU s", "ratio",
        "AEGIS MB per CPU s", "pgBadger peak MB", "AEGIS peak MB", "executions",
        "statements equal", "text damaged", "different",
    )  # fmt: skip
    rows = [
        (
            one.case.name, f"{one.size_mb:.0f}",
            f"{one.size_mb * MEGABYTE / one.our_executions:.0f}", f"{one.theirs.cpu_s:.1f}",
            f"{one.ours.cpu_s:.2f}", f"{one.ratio:.1f}", f"{one.size_mb / one.ours.cpu_s:.0f}",
            f"{one.theirs.peak_mb:.0f}", f"{one.ours.peak_mb:.0f}",
            f"{one.our_executions} / {one.their_executions}", str(one.agreement.equal),
            str(len(one.agreement.damaged)), str(len(one.agreement.different)),
        )
        for one in found
    ]  # fmt: skip
    parts = [markdown_table(head, rows)] if rows else []
    judged = [(r.name, f"{r.value:.3g}", r.bound, r.verdict) for r in requirements]
    parts.append(markdown_table(("requirement", "measured", "bound", "verdict"), judged))
    for one in found:
        parts += [f"- {one.case.name}, text damaged: {text}" for text in one.agreement.damaged]
        parts += [f"- {one.case.name}, different: {text}" for text in one.agreement.different]
    return "\n\n".join(parts)


def _as_data(found: Comparison) -> dict[str, object]:
    data = asdict(found) | {"ratio": found.ratio}
    data["case"] = found.case.name
    return data


def _first_tenth(log: Path, target: Path) -> Path:
    left = log.stat().st_size // 10
    with log.open("rb") as source, target.open("wb") as copy:
        for line in source:
            if left <= 0:
                break
            copy.write(line)
            left -= len(line)
    return target


def _read_once(path: Path) -> None:
    """Bring a log into the page cache, so that no run pays for the disk."""
    with path.open("rb") as source, Path("/dev/null").open("wb") as sink:
        shutil.copyfileobj(source, sink)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    known = [case.name for case in _cases(DATA)]
    promised = [name for name in known if name != "long-literals"]
    parser.add_argument("cases", nargs="*", default=promised, help=f"some of: {' '.join(known)}")
    parser.add_argument("--runs", type=int, default=3, help="runs of each program per log")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the generated logs")
    parser.add_argument("--jobs", action="store_true", help="measure two processes, too")
    parser.add_argument("--scale", action="store_true", help="measure memory on a longer log, too")
    parser.add_argument("--large", type=Path, help="the longer log; else ordinary and its tenth")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the result")
    parser.add_argument("--name", default="pgbadger", help="name of the result")
    return parser


if __name__ == "__main__":
    main()
