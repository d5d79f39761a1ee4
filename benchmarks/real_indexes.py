"""Build indexes for real, and ask the server what statements cost with some of them.

Each index is built once. Those that are not meant are switched off in `pg_index`, which hides
them from the planner and nothing else: on a throw-away server a superuser may do that.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from aegis_cli.embedded.session import Session, open_session
from aegis_cli.indexing.spelling import create_one
from aegis_cli.model.facts.indexes import IndexDefinition

_SHOW = """
UPDATE pg_index SET indisvalid = %s
WHERE indexrelid = %s::regclass
    OR indexrelid IN (SELECT relid FROM pg_partition_tree(%s::regclass))
"""
_PARTS = "SELECT relid::regclass::text FROM pg_partition_tree(%s::regclass)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the planner expects of a workload."""

    total: float
    by_statement: Mapping[str, float]
    shapes: Mapping[str, str]
    """The plans without numbers, for comparing."""


class RealIndexes:
    """Indexes on a throw-away server, each built once and visible when asked for."""

    def __init__(self, session: Session, statements: Mapping[str, str]) -> None:
        """Take a superuser's session and the statements by name."""
        self._session = session
        self._statements = statements
        self._names: dict[str, str] = {}

    def build(self, definition: IndexDefinition) -> str:
        """Build an index unless it is there already, and return its name."""
        key = create_one(definition, "index", "")
        if key not in self._names:
            name = f"real_{len(self._names) + 1}"
            self._session.execute(create_one(definition, name, ""))
            self._names[key] = name
            self._show(name, is_visible=False)
        return self._names[key]

    def size_bytes(self, definitions: Collection[IndexDefinition]) -> int:
        """Return the size of built indexes, partitions included."""
        names = [self.build(each) for each in definitions]
        ((size,),) = self._session.execute(
            "SELECT coalesce(sum(pg_relation_size(c.oid)), 0)::bigint FROM pg_class AS c"
            " WHERE c.relname = ANY (%s) OR c.oid IN"
            " (SELECT relid FROM unnest(%s) AS n, pg_partition_tree(n::regclass))",
            [names, names],
        )
        return int(str(size))

    def rows(self, definition: IndexDefinition) -> float:
        """Return the entries of a built index, those of partitions included."""
        ((rows,),) = self._session.execute(
            "SELECT sum(reltuples)::float FROM pg_class WHERE oid = ANY (%s::regclass[])"
            " AND relkind = 'i'",
            [list(self.names(definition))],
        )
        return float(str(rows))

    def cost(self, definitions: Collection[IndexDefinition]) -> Cost:
        """Return what the statements cost with these indexes and those that were there before."""
        with self.visible(definitions):
            plans = {name: plan_of(self._session, text) for name, text in self._statements.items()}
        costs = {name: total_cost(plan) for name, plan in plans.items()}
        shapes = {name: shape_of_plan(plan, self.spelling) for name, plan in plans.items()}
        return Cost(total=sum(costs.values()), by_statement=costs, shapes=shapes)

    @property
    def spelling(self) -> Mapping[str, str]:
        """Return what each index is, by its name."""
        return {name: key for key, name in self._names.items()}

    def texts(self, definitions: Collection[IndexDefinition]) -> Mapping[str, str]:
        """Return the plans of the statements as text."""
        with self.visible(definitions):
            return {name: explained(self._session, text) for name, text in self._statements.items()}

    def names(self, definition: IndexDefinition) -> tuple[str, ...]:
        """Return the names of a built index and of those on its partitions."""
        name = self.build(definition)
        parts = self._session.execute(_PARTS, [name])
        return (name, *(str(part) for (part,) in parts))

    @contextmanager
    def visible(self, definitions: Collection[IndexDefinition]) -> Iterator[None]:
        """Show indexes to the planner for a while."""
        names = [self.build(each) for each in definitions]
        for name in names:
            self._show(name, is_visible=True)
        try:
            yield
        finally:
            for name in names:
                self._show(name, is_visible=False)

    def _show(self, name: str, *, is_visible: bool) -> None:
        self._session.execute(_SHOW, [is_visible, name, name])


@contextmanager
def real_indexes(dsn: str, statements: Mapping[str, str]) -> Iterator[RealIndexes]:
    """Open a session on a throw-away server for building."""
    with open_session(dsn) as session:
        yield RealIndexes(session, statements)


def plan_of(session: Session, statement: str) -> dict[str, object]:
    """Return the root of a statement's plan."""
    ((document,),) = session.execute(f"EXPLAIN (FORMAT JSON) {statement}")
    parsed = json.loads(document) if isinstance(document, str) else document
    root = parsed[0]["Plan"]  # type: ignore[index]  # EXPLAIN returns a list of one object
    assert isinstance(root, dict)
    return root


def explained(session: Session, statement: str) -> str:
    """Return a statement's plan as text."""
    return "\n".join(str(line) for (line,) in session.execute(f"EXPLAIN {statement}"))


def total_cost(plan: Mapping[str, object]) -> float:
    """Return the cost of a plan."""
    return float(str(plan["Total Cost"]))


def shape_of_plan(plan: Mapping[str, object], spelling: Mapping[str, str]) -> str:
    """Return a plan's nodes, tables, indexes and conditions, without numbers."""
    words = [str(plan["Node Type"])]
    for key in ("Strategy", "Join Type", "Relation Name", "Alias", "Parent Relationship"):
        words += [str(plan[key])] if key in plan else []
    name = plan.get("Index Name")
    if name is not None:
        words.append(spelling.get(str(name), str(name)))
    children = plan.get("Plans")
    inner = [
        shape_of_plan(child, spelling) for child in (children if isinstance(children, list) else ())
    ]
    return f"{' '.join(words)}({', '.join(inner)})"
