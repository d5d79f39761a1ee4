"""Measure `aegis lint` on 200,000 lines: with nothing known, with nothing changed, and one change.

    python -m benchmarks.lint_speed [PROJECT] [--lines 200000]

Without a project it reads what is installed: Django, then the standard library.
"""

import argparse
import shutil
import statistics
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.machine import describe_host
from benchmarks.processes import Run, run_measured, tree_peak_mb
from benchmarks.results import RESULTS, Requirement, markdown_table, write_result

COLD_S = 4.0
WARM_S = 0.7
PEAK_MB = 500.0
FOUND = (0, 1)


def installed() -> Iterator[Path]:
    """Yield source files of this environment, Django first."""
    paths = sysconfig.get_paths()
    yield from sorted((Path(paths["purelib"]) / "django").rglob("*.py"))
    for path in sorted(Path(paths["stdlib"]).rglob("*.py")):
        if not {"test", "tests", "site-packages", "lib2to3"}.intersection(path.parts):
            yield path


def gather(target: Path, lines: int) -> int:
    """Copy files until they have enough lines; return how many they have."""
    have = 0
    for path in installed():
        if have >= lines:
            break
        parts = path.parts[-4:] if "django" in path.parts else path.parts[-2:]
        copy = target.joinpath(*parts)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        have += path.read_bytes().count(b"\n")
    return have


def measure(project: Path, cache: Path, runs: int) -> dict[str, list[Run]]:
    """Run the command cold, warm, and after a change of one file."""
    command = [sys.executable, "-m", "aegis_cli", "lint", str(project), "--cache-dir", str(cache)]
    command += ["--format", "json", "--fail-on", "never"]
    found: dict[str, list[Run]] = {"cold": [], "warm": [], "one file changed": []}
    for number in range(runs):
        shutil.rmtree(cache, ignore_errors=True)
        found["cold"].append(run_measured(command, FOUND))
        found["warm"].append(run_measured(command, FOUND))
        (project / "changed_by_benchmark.py").write_text(f"x = {number}\n", encoding="utf-8")
        found["one file changed"].append(run_measured(command, FOUND))
    return found


def main() -> int:
    """Measure, keep the result, and tell whether the bounds are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", nargs="?", type=Path)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    machine = describe_host()
    with tempfile.TemporaryDirectory(prefix="aegis-lint-") as name:
        project, cache = Path(name) / "project", Path(name) / "cache"
        if options.project is not None:
            shutil.copytree(options.project, project, symlinks=True)
            lines = sum(each.read_bytes().count(b"\n") for each in project.rglob("*.py"))
        else:
            lines = gather(project, options.lines)
        found = measure(project, cache, options.runs)
        shutil.rmtree(cache)
        command = [sys.executable, "-m", "aegis_cli", "lint", str(project), "--no-cache"]
        peak = tree_peak_mb(command, FOUND)
    medians = {
        kind: statistics.median(each.wall_s for each in runs) for kind, runs in found.items()
    }
    share = max(1.0, lines / options.lines)
    bounds = (
        Requirement.at_most("cold_s", medians["cold"], COLD_S * share),
        Requirement.at_most("warm_s", medians["warm"], WARM_S * share),
        Requirement.at_most("peak_mb", peak, PEAK_MB),
    )
    rows = [
        (kind, f"{medians[kind]:.2f}", f"{statistics.median(each.cpu_s for each in runs):.2f}")
        for kind, runs in found.items()
    ]
    text = f"{lines:,} lines, median of {options.runs} runs.\n\n"
    text += markdown_table(("run", "wall s", "processor s"), rows) + "\n\n"
    text += markdown_table(
        ("bound", "value", "wanted", ""),
        [(each.name, f"{each.value:.2f}", each.bound, each.verdict) for each in bounds],
    )
    data = {"lines": lines, "medians": medians, "peak_mb": peak}
    write_result(RESULTS, "lint-speed", machine, text, data)
    return 0 if all(each.is_met for each in bounds) else 1


if __name__ == "__main__":
    sys.exit(main())
