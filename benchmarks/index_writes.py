"""Show that writes change index advice, and that a served workload gets none.

Run by `python -m benchmarks.index_selection --writes`.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from aegis_cli.indexing.advise import advise
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.spelling import create_one
from aegis_cli.model.facts.index_advice import Advice
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.facts.snapshot import Snapshot
from benchmarks.mixed_schema import mixed_server, mixed_statements
from benchmarks.real_indexes import real_indexes
from benchmarks.results import Requirement, markdown_table, write_result
from benchmarks.tpch import tpch_queries, tpch_server
from benchmarks.twins import snapshot_of, twin_of, workload_of

BUDGET = 300_000_000
ROWS = (0, 10_000, 100_000, 1_000_000)
"""Rows of lineitem inserted while each of the queries runs once."""
INSERT = """
INSERT INTO lineitem VALUES
(1, 1, 1, 9, 1.00, 1.00, 0.00, 0.00, 'N', 'O', '1998-01-01', '1998-01-01', '1998-01-02', 'NONE',
'MAIL', 'a line')
"""
_REASON = "costs more to maintain"


def show_writes(results: Path, machine: Mapping[str, str]) -> int:
    """Run both parts, print and keep the outcome; return 1 when a requirement is not met."""
    advices = _with_writes()
    left, before = _served()
    proposed = {rows: _on_lineitem(advice) for rows, advice in advices.items()}
    reasons = sum(_REASON in each.reason.en for each in advices[ROWS[-1]].rejected)
    requirements = [
        Requirement.at_least(
            f"indexes on lineitem fewer with {ROWS[-1]} rows than with none",
            len(proposed[0]) - len(proposed[ROWS[-1]]),
            1,
        ),
        Requirement.at_least("candidates refused with their upkeep as the reason", reasons, 1),
        Requirement.at_least("indexes proposed for the mixed schema", before, 1),
        Requirement.at_most("indexes proposed once those are built", left, 0),
    ]
    text = "\n\n".join(
        [
            f"TPC-H, full search, {BUDGET / 1e6:.0f} MB.",
            markdown_table(
                ("rows inserted", "indexes", "on lineitem", "MB", "planner cost", "upkeep", "s"),
                [_row(rows, advice) for rows, advice in advices.items()],
            ),
            *(_listed(rows, advice) for rows, advice in advices.items()),
            markdown_table(
                ("requirement", "value", "bound", "verdict"),
                [[each.name, f"{each.value:g}", each.bound, each.verdict] for each in requirements],
            ),
        ]
    )
    write_result(results, "index-writes", machine, text, {"requirements": requirements})
    return 0 if all(each.is_met for each in requirements) else 1


def _with_writes() -> dict[int, Advice]:
    """Return the advice for each number of inserted rows."""
    advices = {}
    with tpch_server() as server:
        snapshot = snapshot_of(server.dsn())
    for rows in ROWS:
        statements = {**tpch_queries(), **({"insert": INSERT} if rows else {})}
        workload = workload_of(statements, snapshot, {"insert": float(rows)})
        advices[rows] = _advice(workload, snapshot, Limits(budget_bytes=BUDGET))
        sys.stderr.write(f"{' | '.join(_row(rows, advices[rows]))}\n")
    return advices


def _served() -> tuple[int, int]:
    """Return how many indexes are proposed after those proposed at first are there, and those."""
    statements = mixed_statements()
    with mixed_server() as server, real_indexes(server.dsn(), statements) as real:
        snapshot = snapshot_of(server.dsn())
        first = _advice(workload_of(statements, snapshot), snapshot, Limits())
        definitions = [each.definition for each in first.creates]
        with real.visible(definitions):
            snapshot = snapshot_of(server.dsn())
            second = _advice(workload_of(statements, snapshot), snapshot, Limits())
    for each in second.creates:
        sys.stderr.write(f"still proposed: {create_one(each.definition, each.name, '')}\n")
    return len(second.creates), len(first.creates)


def _advice(workload: IndexWorkload, snapshot: Snapshot, limits: Limits) -> Advice:
    with twin_of(snapshot) as twin:
        return advise(workload, snapshot, twin, limits, clock=time.monotonic)


def _on_lineitem(advice: Advice) -> Sequence[str]:
    return [
        create_one(each.definition, each.name, "")
        for each in advice.creates
        if each.definition.table.name == "lineitem"
    ]


def _row(rows: int, advice: Advice) -> list[str]:
    search = advice.search
    return [
        str(rows),
        str(len(advice.creates)),
        str(len(_on_lineitem(advice))),
        f"{search.size_bytes / 1e6:.1f}",
        f"{search.cost_after / search.cost_before:.1%}",
        f"{search.write_cost_after:.3g}",
        f"{search.elapsed_s:.1f}",
    ]


def _listed(rows: int, advice: Advice) -> str:
    """List the proposals, and an example of those that writes speak against."""
    lines = [create_one(each.definition, each.name, "") for each in advice.creates]
    refused = [
        f"-- left out: {create_one(each.definition, 'index', '')} {each.reason.en}"
        for each in advice.rejected
        if _REASON in each.reason.en
    ]
    head = f"With {rows} rows inserted into lineitem:"
    return "\n".join([head, "", "```sql", *lines, *refused[:3], "```"])
