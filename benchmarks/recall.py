"""Hold the findings of AEGIS against what was planted, and against workloads without a fault."""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.compare_pgbadger import AEGIS_CODES, aegis_command
from benchmarks.findings import LOOP_RULES, Loop, other_findings, read_loops
from benchmarks.generate_logs import DATA
from benchmarks.machine import describe_machine
from benchmarks.processes import run_measured
from benchmarks.reports import aegis_totals
from benchmarks.results import RESULTS, Requirement, markdown_table, write_result

# These loops begin with a query that no round repeats, so the log shows where each begins.
_WITH_PARENT = frozenset({"AEG1101", "AEG1102"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Everything planted of one rule over one set of repeated statements."""

    names: tuple[str, ...]
    rule: str
    children: frozenset[str]
    bursts: int
    delimited_bursts: int
    """Bursts of which the log shows the beginning: by BEGIN, or by the query before the loop.

    Two others that one connection runs without a pause are one burst in any log; only their
    executions can be held against the truth.
    """
    executions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was found of something planted."""

    planted: Planted
    findings: int
    bursts: int
    executions: int

    @property
    def recall(self) -> float:
        """Give the share of the planted child executions that findings name."""
        return min(1.0, self.executions / self.planted.executions)

    @property
    def burst_recall(self) -> float:
        """Give the share of the delimited bursts that findings count."""
        return min(1.0, self.bursts / max(1, self.planted.delimited_bursts))

    @property
    def surplus_bursts(self) -> int:
        """Give how many bursts are counted beyond those planted: some were cut in two."""
        return max(0, self.bursts - self.planted.bursts)

    @property
    def surplus(self) -> int:
        """Give how many executions are named beyond those planted."""
        return max(0, self.executions - self.planted.executions)


def main() -> None:
    """Examine the logs, print and keep the result."""
    options = _parser().parse_args()
    machine = describe_machine()
    requirements: list[Requirement] = []
    parts: list[str] = []
    for path in options.logs:
        log = path if path.is_absolute() else options.data / path
        checked, text = examine_planted(log, str(path))
        requirements += checked
        parts.append(text)
    clean, text = examine_clean(sorted(options.clean.glob("*/postgresql.log")))
    requirements += clean
    judged = [(r.name, f"{r.value:.6g}", r.bound, r.verdict) for r in requirements]
    parts += [text, markdown_table(("requirement", "measured", "bound", "verdict"), judged)]
    data = {"requirements": [asdict(requirement) for requirement in requirements]}
    write_result(options.results, options.name, machine, "\n\n".join(parts), data)
    sys.exit(not all(requirement.is_met for requirement in requirements))


def examine_planted(log: Path, name: str) -> tuple[list[Requirement], str]:
    """Compare the findings and the counts for one log with its truth."""
    truth = json.loads((log.parent / "truth.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "aegis.json"
        run_measured(aegis_command(log, report, jobs=2), AEGIS_CODES)
        loops = read_loops(report)
        calls = {key: total.calls for key, total in aegis_totals(report).items()}
    planted = _planted(truth["plants"])
    outcomes = [_outcome(each, loops) for each in planted]
    known = {child for each in planted for child in each.children}
    strangers = [loop for loop in loops if not loop.children & known]
    wrong = _miscounted(truth["statements"], calls)
    return _judged(name, outcomes, strangers, wrong), _shown(name, outcomes, strangers, wrong)


def examine_clean(logs: Sequence[Path]) -> tuple[list[Requirement], str]:
    """Look for loops in the logs of workloads that have none."""
    if not logs:
        raise SystemExit("no clean logs: run python -m benchmarks.clean_workloads first")
    requirements, rows = [], []
    for log in logs:
        truth = json.loads((log.parent / "truth.json").read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "aegis.json"
            run_measured(aegis_command(log, report), AEGIS_CODES)
            loops, others = read_loops(report), other_findings(report)
            calls = {key: total.calls for key, total in aegis_totals(report).items()}
        name = log.parent.name
        wrong = _miscounted(truth["statements"], calls)
        requirements.append(Requirement.at_most(f"clean {name}: loops found", len(loops), 0))
        requirements.append(Requirement.at_most(f"clean {name}: miscounted", len(wrong), 0))
        found = "; ".join(f"{loop.rule} {loop.message}" for loop in loops) or "-"
        rows.append((name, found, "; ".join(others) or "-", "; ".join(wrong) or "-"))
    return requirements, markdown_table(("clean workload", "loops", "other", "miscounted"), rows)


def _planted(plants: Iterable[Mapping[str, object]]) -> list[Planted]:
    """Join plants that repeat the same statements: a finding cannot tell them apart."""
    groups: dict[tuple[str, frozenset[str]], list[Mapping[str, object]]] = defaultdict(list)
    for plant in plants:
        children = plant["child_fingerprints"]
        assert isinstance(children, list)
        groups[str(plant["rule"]), frozenset(children)].append(plant)
    return [
        Planted(
            names=tuple(str(plant["name"]) for plant in group),
            rule=rule,
            children=children,
            bursts=sum(int(str(plant["bursts"])) for plant in group),
            delimited_bursts=sum(
                int(str(plant["bursts"]))
                for plant in group
                if plant["unit"] == "explicit" or rule in _WITH_PARENT
            ),
            executions=sum(int(str(plant["child_executions"])) for plant in group),
        )
        for (rule, children), group in groups.items()
    ]


def _outcome(planted: Planted, loops: Iterable[Loop]) -> Outcome:
    found = [
        loop for loop in loops if loop.rule == planted.rule and loop.children == planted.children
    ]
    return Outcome(
        planted=planted,
        findings=len(found),
        bursts=sum(loop.bursts for loop in found),
        executions=sum(loop.executions for loop in found),
    )


def _miscounted(statements: Iterable[Mapping[str, object]], calls: Mapping[str, int]) -> list[str]:
    return [
        f"{one['fingerprint']}: {calls.get(str(one['fingerprint']), 0)} of {one['executions']}"
        for one in statements
        if calls.get(str(one["fingerprint"]), 0) != one["executions"]
    ]


def _judged(
    name: str, outcomes: Sequence[Outcome], strangers: Sequence[Loop], wrong: Sequence[str]
) -> list[Requirement]:
    found = [
        Requirement.at_least(f"{name}: {o.planted.names[0]}: executions", o.recall, 1.0)
        for o in outcomes
    ]
    found += [
        Requirement.at_least(f"{name}: {o.planted.names[0]}: bursts", o.burst_recall, 1.0)
        for o in outcomes
    ]
    surplus = sum(o.surplus for o in outcomes)
    found.append(Requirement.at_most(f"{name}: executions beyond those planted", surplus, 0))
    surplus = sum(o.surplus_bursts for o in outcomes)
    found.append(Requirement.at_most(f"{name}: bursts beyond those planted", surplus, 0))
    repeated = sum(o.findings > 1 for o in outcomes)
    found.append(Requirement.at_most(f"{name}: loops told more than once", repeated, 0))
    found.append(Requirement.at_most(f"{name}: loops nobody planted", len(strangers), 0))
    found.append(Requirement.at_most(f"{name}: statements miscounted", len(wrong), 0))
    return found


def _shown(
    name: str, outcomes: Sequence[Outcome], strangers: Sequence[Loop], wrong: Sequence[str]
) -> str:
    head = (
        "planted", "rule", "findings", "bursts found / planted (delimited)",
        "executions found / planted",
    )  # fmt: skip
    rows = [
        (
            ", ".join(o.planted.names), o.planted.rule, str(o.findings),
            f"{o.bursts} / {o.planted.bursts} ({o.planted.delimited_bursts})",
            f"{o.executions} / {o.planted.executions}",
        )
        for o in outcomes
    ]  # fmt: skip
    notes = [f"- nobody planted {loop.rule}: {loop.message}" for loop in strangers]
    notes += [f"- miscounted {each}" for each in wrong]
    return "\n\n".join([f"## {name}", markdown_table(head, rows), *notes])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    logs = [Path("ordinary/postgresql.log"), Path("literals/postgresql.log")]
    parser.add_argument("logs", nargs="*", type=Path, default=logs, help="logs beside a truth.json")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the generated logs")
    parser.add_argument("--clean", type=Path, default=DATA / "clean", help="folder of clean logs")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the result")
    parser.add_argument("--name", default="recall", help="name of the result")
    rules = ", ".join(sorted(LOOP_RULES))
    parser.epilog = f"Findings that tell of a loop: {rules}."
    return parser


if __name__ == "__main__":
    main()
