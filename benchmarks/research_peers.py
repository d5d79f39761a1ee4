"""Run Extend or DB2Advis of `hyrise/index_selection_evaluation` from a checkout beside ours.

    python -m benchmarks.research_peers CHECKOUT extend 200 < problem.json

The checkout is the user's; nothing of it is part of this project. Two things are overruled: its
algorithms drop every index first, which would take the primary keys, and its connector makes up
the connection, which here comes from libpq's variables.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import parse_dsn

from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName

ALGORITHMS = {"extend": "ExtendAlgorithm", "db2advis": "DB2AdvisAlgorithm"}
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
}


_TRIES = 5
_TAIL = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What an advisor proposes, and what it took."""

    creates: tuple[IndexDefinition, ...]
    seconds: float
    explains: int
    predicted: float | None = None
    """Planner cost of the workload, as the advisor believes."""
    gap: float | None = None
    """Optimality gap, where the advisor proves one."""


def btree(table: str, columns: Sequence[str]) -> IndexDefinition:
    """Return a plain index on columns of a table in `public`."""
    return IndexDefinition(
        table=TableName(schema="public", name=table),
        keys=tuple(IndexKey(text=each) for each in columns),
    )


def recommend(
    checkout: Path, algorithm: str, budget_mb: int, dsn: str, problem: Mapping[str, object]
) -> Recommendation:
    """Run an algorithm in a process of its own, with its own modules on the path.

    DB2Advis tries random variations, one of which now and then makes it fail; it gets another try.

    Raises:
        RuntimeError: It failed every time.
    """
    parts = parse_dsn(dsn)
    variables = {name: str(parts[key]) for key, name in _VARIABLES.items() if key in parts}
    for _ in range(_TRIES):
        done = subprocess.run(
            [sys.executable, "-m", __spec__.name, str(checkout), algorithm, str(budget_mb)],
            input=json.dumps(problem),
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return _read(done.stdout)
        sys.stderr.write(f"{algorithm} at {budget_mb} MB failed:\n{done.stderr[-_TAIL:]}\n")
    message = f"{algorithm} at {budget_mb} MB failed {_TRIES} times"
    raise RuntimeError(message)


def _read(text: str) -> Recommendation:
    found = json.loads(text)
    return Recommendation(
        creates=tuple(btree(table, columns) for table, columns in found["indexes"]),
        seconds=found["seconds"],
        explains=found["explains"],
    )


def main() -> None:
    """Read a problem from standard input, run the algorithm, print what it proposes."""
    options = _parser().parse_args()
    sys.path.insert(0, str(options.checkout))
    problem = json.load(sys.stdin)
    postgres = importlib.import_module("selection.dbms.postgres_dbms")
    module = importlib.import_module(f"selection.algorithms.{options.algorithm}_algorithm")
    connector = postgres.PostgresDatabaseConnector(os.environ["PGDATABASE"], autocommit=True)
    connector.drop_indexes = lambda: None
    parameters = {"budget_MB": options.budget, "max_index_width": options.width}
    if options.algorithm == "db2advis":
        parameters["try_variations_seconds"] = options.variations
    workload = _workload(problem)
    started = time.monotonic()
    algorithm = getattr(module, ALGORITHMS[options.algorithm])(connector, parameters)
    indexes = algorithm.calculate_best_indexes(workload)
    document = {
        "indexes": [[each.table().name, [c.name for c in each.columns]] for each in indexes],
        "seconds": time.monotonic() - started,
        "explains": connector.cost_estimations,
    }
    json.dump(document, sys.stdout)


def _workload(problem: "Mapping[str, Mapping[str, list[str]]]") -> object:
    """Make the workload's objects; columns belong to a query whose text holds their names."""
    model = importlib.import_module("selection.workload")
    columns = []
    for name, names in problem["tables"].items():
        table = model.Table(name)
        made = [model.Column(each) for each in names]
        table.add_columns(made)
        columns += made
    queries = []
    for name, text in problem["queries"].items():
        query = model.Query(name, text)
        query.columns += [each for each in columns if each.name in query.text]
        queries.append(query)
    return model.Workload(queries)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path, help="checkout of index_selection_evaluation")
    parser.add_argument("algorithm", choices=sorted(ALGORITHMS))
    parser.add_argument("budget", type=int, help="stated budget in MB")
    parser.add_argument("--width", type=int, default=3, help="key columns of an index at most")
    parser.add_argument("--variations", type=float, default=10.0, help="DB2Advis: seconds to try")
    return parser


if __name__ == "__main__":
    main()
