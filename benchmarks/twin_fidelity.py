"""Compare the planner twin, and HypoPG, with indexes that were really built.

    python -m benchmarks.twin_fidelity

For a number of configurations of candidate indexes every statement is planned on the real
server, on the twin (once with the sizes we predict, once with those the indexes really have)
and with HypoPG in the real server. Costs are compared exactly as EXPLAIN prints them.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from aegis_cli.embedded.postgres import PostgresServer
from aegis_cli.indexing.advise import advise
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.planner import Configuration, PlanEstimate
from aegis_cli.indexing.spelling import create_one
from aegis_cli.model.facts.indexes import (
    PAGE_BYTES,
    HypotheticalIndex,
    IndexDefinition,
    TableName,
)
from aegis_cli.model.quantity import Basis
from aegis_cli.sources.postgres.twin.twin import Twin
from benchmarks.hypothetical import HypoPg, hypopg
from benchmarks.machine import describe_machine
from benchmarks.mixed_schema import mixed_server, mixed_statements
from benchmarks.plan_texts import PlanText, read_plan_text
from benchmarks.real_indexes import RealIndexes, real_indexes
from benchmarks.results import RESULTS, Requirement, markdown_table, write_result
from benchmarks.tpch import ENDLESS, tpch_queries, tpch_server
from benchmarks.twins import snapshot_of, twin_of, workload_of

POOL = 24
CONFIGURATIONS = 20
LARGEST = 5
SAME_SHAPE, NEAR_COST, NEAR = 0.99, 0.97, 0.01
# CREATE INDEX counts the heap's rows anew, which shifts real costs by parts in a million.
EXACT = 1e-5
PREDICTED, GIVEN, HYPOPG = "twin, predicted sizes", "twin, real sizes", "HypoPG"

OpenServer: TypeAlias = Callable[[], AbstractContextManager[PostgresServer]]


class Recorder:
    """A planner that remembers the candidates the advisor thinks of."""

    def __init__(self, twin: Twin) -> None:
        """Stand before a twin."""
        self._twin = twin
        self.seen: dict[IndexDefinition, HypotheticalIndex] = {}

    @property
    def basis(self) -> Basis:
        """Tell how good the answers are."""
        return self._twin.basis

    @property
    def explains(self) -> int:
        """Return how many plans were made so far."""
        return self._twin.explains

    def add(self, index: HypotheticalIndex) -> None:
        """Pass an index on, and remember it when the twin can make it."""
        self._twin.add(index)
        self.seen.setdefault(index.definition, index)

    def remove(self, name: str) -> None:
        """Forget a hypothetical index."""
        self._twin.remove(name)

    def estimate(self, statement: str, configuration: Configuration) -> PlanEstimate:
        """Return the cost of a statement."""
        return self._twin.estimate(statement, configuration)

    def explain(self, statement: str, configuration: Configuration) -> str:
        """Return the plan as text."""
        return self._twin.explain(statement, configuration)

    def rows(self, table: TableName, predicate: str | None) -> float:
        """Return how many rows satisfy a predicate."""
        return self._twin.rows(table, predicate)


@dataclass(slots=True, kw_only=True)
class Tally:
    """How one planner compares with the real server."""

    name: str
    errors: list[float] = field(default_factory=list)
    same: int = 0
    seconds: float = 0.0
    misses: list[str] = field(default_factory=list)

    def note(self, where: str, real: PlanText, guess: PlanText) -> None:
        """Compare one plan."""
        error = abs(guess.cost - real.cost) / real.cost
        self.errors.append(error)
        self.same += guess.is_like(real)
        if not guess.is_like(real) or error > NEAR:
            kind = "cost" if guess.is_like(real) else "plan"
            self.misses.append(f"{where}: {kind}, {real.cost:.2f} really, {guess.cost:.2f} here")

    @property
    def same_share(self) -> float:
        """Return the share of plans with the real shape and indexes."""
        return self.same / len(self.errors)

    @property
    def near_share(self) -> float:
        """Return the share of plans whose cost is within 1 %."""
        return sum(each <= NEAR for each in self.errors) / len(self.errors)

    def row(self, workload: str) -> list[str]:
        """Return a line of the table."""
        exact = sum(each < EXACT for each in self.errors)
        return [
            workload,
            self.name,
            f"{self.same}/{len(self.errors)} ({self.same_share:.1%})",
            f"{sum(each <= NEAR for each in self.errors)} ({self.near_share:.1%})",
            str(exact),
            f"{max(self.errors):.2%}",
            f"{1000 * self.seconds / len(self.errors):.2f}",
        ]


HEAD = ("workload", "planner", "same plan", "cost within 1 %", "exact", "worst", "ms per plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One database with everybody who plans for it."""

    name: str
    statements: Mapping[str, str]
    real: RealIndexes
    twin: Twin
    pg: HypoPg
    pool: Sequence[HypotheticalIndex]

    def tallies(self, seed: int) -> list[Tally]:
        """Compare all planners in all configurations."""
        tallies = {each: Tally(name=each) for each in (PREDICTED, GIVEN, HYPOPG)}
        for number, chosen in enumerate(self._configurations(seed)):
            definitions = [each.definition for each in chosen]
            names = {
                name: each.name for each in chosen for name in self.real.names(each.definition)
            }
            texts = self.real.texts(definitions)
            plans = {key: read_plan_text(text, names) for key, text in texts.items()}
            guesses = {
                PREDICTED: self._twin(chosen, tallies[PREDICTED]),
                GIVEN: self._twin([self._sized(each) for each in chosen], tallies[GIVEN]),
                HYPOPG: self._hypopg(chosen, tallies[HYPOPG]),
            }
            for planner, guessed in guesses.items():
                for key, guess in guessed.items():
                    tallies[planner].note(f"{self.name} #{number} {key}", plans[key], guess)
            sys.stderr.write(f"{self.name} #{number}: {[t.same for t in tallies.values()]}\n")
        return list(tallies.values())

    def _configurations(self, seed: int) -> Iterator[list[HypotheticalIndex]]:
        yield []
        choice = random.Random(seed)
        for _ in range(CONFIGURATIONS):
            yield choice.sample(self.pool, choice.randint(1, LARGEST))

    def _sized(self, index: HypotheticalIndex) -> HypotheticalIndex:
        """Return an index with the size and the number of entries it really has."""
        pages = self.real.size_bytes([index.definition]) // PAGE_BYTES
        rows = self.real.rows(index.definition)
        return replace(index, size=replace(index.size, pages=pages, rows=rows))

    def _twin(self, chosen: Sequence[HypotheticalIndex], tally: Tally) -> dict[str, PlanText]:
        for each in chosen:
            self.twin.add(each)
        configuration = Configuration(visible=frozenset(each.name for each in chosen))
        started = time.monotonic()
        texts = {
            key: self.twin.explain(text, configuration) for key, text in self.statements.items()
        }
        tally.seconds += time.monotonic() - started
        plans = {}
        for key, text in texts.items():
            used = self.twin.estimate(self.statements[key], configuration).used
            bare = frozenset(each.rpartition(".")[2] for each in used)
            plans[key] = replace(read_plan_text(text, {}), indexes=bare)
        for each in chosen:
            self.twin.remove(each.name)
        return plans

    def _hypopg(self, chosen: Sequence[HypotheticalIndex], tally: Tally) -> dict[str, PlanText]:
        by_definition = {each.definition: each.name for each in chosen}
        with self.pg.having(by_definition) as made:
            names = {name: by_definition[each] for name, each in made.items()}
            started = time.monotonic()
            texts = {key: self.pg.text(text) for key, text in self.statements.items()}
            tally.seconds += time.monotonic() - started
        return {key: read_plan_text(text, names) for key, text in texts.items()}


def pool_of(
    statements: Mapping[str, str], dsn: str, twin: Twin, seed: int
) -> list[HypotheticalIndex]:
    """Return candidates that the advisor thinks of, as many of each kind as there are."""
    snapshot = snapshot_of(dsn)
    recorder = Recorder(twin)
    limits = Limits(budget_bytes=300_000_000)
    workload = workload_of(statements, snapshot)
    advice = advise(workload, snapshot, recorder, limits, clock=time.monotonic)
    for made in advice.creates:
        twin.remove(made.name)
    kinds: dict[tuple[str, bool, bool], list[HypotheticalIndex]] = {}
    for each in recorder.seen.values():
        definition = each.definition
        kind = (definition.method, definition.predicate is not None, bool(definition.include))
        kinds.setdefault(kind, []).append(each)
    choice = random.Random(seed)
    chosen: list[HypotheticalIndex] = []
    groups = [choice.sample(each, len(each)) for _, each in sorted(kinds.items())]
    while len(chosen) < POOL and any(groups):
        chosen += [group.pop() for group in groups if group]
    named = enumerate(chosen[:POOL], start=1)
    return [replace(each, name=f"chosen_{number}") for number, each in named]


def contest(
    name: str,
    open_server: OpenServer,
    statements: Mapping[str, str],
    seed: int,
) -> tuple[list[Tally], str]:
    """Compare all planners on one database; return the tallies and the indexes built."""
    with open_server() as server:
        dsn = server.dsn()
        snapshot = snapshot_of(dsn)
        with twin_of(snapshot) as twin, hypopg(dsn) as pg, real_indexes(dsn, statements) as real:
            # Beside an endless query the advisor would think of no other.
            ordinary = {key: text for key, text in statements.items() if key not in ENDLESS}
            pool = pool_of(ordinary, dsn, twin, seed)
            entered = Contest(
                name=name, statements=statements, real=real, twin=twin, pg=pg, pool=pool
            )
            tallies = entered.tallies(seed)
            sizes = [
                f"{create_one(each.definition, each.name, '')} -- predicted"
                f" {each.size.size_bytes / 1e6:.1f} MB,"
                f" really {real.size_bytes([each.definition]) / 1e6:.1f} MB"
                for each in pool
            ]
    return tallies, "\n".join([f"{name}, indexes built:", "", "```sql", *sizes, "```"])


def main() -> int:
    """Compare, print and keep the outcome; return 1 when a requirement is not met."""
    options = _parser().parse_args()
    machine = {
        key: value for key, value in describe_machine().items() if key not in {"pgbadger", "perl"}
    }
    databases: dict[str, tuple[OpenServer, Mapping[str, str]]] = {
        "TPC-H": (tpch_server, tpch_queries(without=())),
        "mixed": (mixed_server, mixed_statements()),
    }
    rows, requirements, notes = [], [], []
    for name in options.databases:
        open_server, statements = databases[name]
        tallies, built = contest(name, open_server, statements, options.seed)
        rows += [each.row(name) for each in tallies]
        notes += [built, *(_misses(name, each) for each in tallies if each.name != HYPOPG)]
        ours = tallies[0]
        requirements += [
            Requirement.at_least(f"{name}: same plan", round(ours.same_share, 4), SAME_SHAPE),
            Requirement.at_least(f"{name}: within 1 %", round(ours.near_share, 4), NEAR_COST),
        ]
    text = "\n\n".join(
        [
            markdown_table(HEAD, rows),
            markdown_table(
                ("requirement", "value", "bound", "verdict"),
                [[each.name, f"{each.value:g}", each.bound, each.verdict] for each in requirements],
            ),
            *notes,
        ]
    )
    write_result(options.results, "twin-fidelity", machine, text, {"rows": rows})
    return 0 if all(each.is_met for each in requirements) else 1


def _misses(name: str, tally: Tally) -> str:
    return "\n".join([f"{name}, {tally.name}, misses:", "", *(f"- {m}" for m in tally.misses)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("databases", nargs="*", default=["TPC-H", "mixed"], help="what to compare")
    parser.add_argument("--seed", type=int, default=1, help="seed of the choice of indexes")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the outcome")
    return parser


if __name__ == "__main__":
    sys.exit(main())
