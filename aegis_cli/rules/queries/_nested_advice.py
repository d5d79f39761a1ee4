"""The change that cures a loop over a loop, written as one query set for exactly these tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.model.facts.executions import Statement
from aegis_cli.rules.queries._advice import Direction, Relation, relation_of
from aegis_cli.rules.queries._naming import are_linked, class_name, is_child_of
from aegis_cli.rules.queries._snippet import lines, words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A relation that the loop walks, and the relations walked from its rows."""

    relation: Relation
    inner: tuple["_Node", ...]


def nested_change(parent: Statement, lookups: Sequence[Statement]) -> str:
    """Return the change as SQL, for Django and for SQLAlchemy, with the guide's caution."""
    nodes = _tree(parent, lookups)
    model = class_name(nodes[0].relation.parent)
    batches = dict.fromkeys(_batch(each.relation) for each in _all(nodes))
    chains = [f"    {each}," for each in _chains(nodes)]
    return lines(
        "-- SQL: one batched statement for each lookup, with the keys of all rows before it",
        *batches,
        "",
        "# Django; a relation to many rows may have a related_name of its own",
        _query_set(model, nodes),
        "",
        "# SQLAlchemy",
        f"select({model}).options(",
        *chains,
        ")",
        "",
        "# Caution: every row that is loaded ahead is held in memory;",
        "# page the parent rows and load only what is used.",
    )


def _tree(parent: Statement, lookups: Sequence[Statement]) -> tuple[_Node, ...]:
    """Hang each lookup below the statement whose rows name it."""
    owners = [_owner(parent, lookups[:at], each) for at, each in enumerate(lookups)]
    return _below(-1, owners, parent, lookups)


def _owner(parent: Statement, before: Sequence[Statement], child: Statement) -> int:
    """Return the number of the lookup that a lookup belongs to, -1 for the parent.

    Where no name tells, the lookup just before is the likeliest owner.
    """
    for belongs in (is_child_of, are_linked):
        if belongs(parent, child):
            return -1
        linked = [at for at, each in enumerate(before) if belongs(each, child)]
        if linked:
            return linked[-1]
    return len(before) - 1


def _below(
    owner: int, owners: Sequence[int], outer: Statement, lookups: Sequence[Statement]
) -> tuple[_Node, ...]:
    return tuple(
        _Node(relation=relation_of(outer, each), inner=_below(at, owners, each, lookups))
        for at, each in enumerate(lookups)
        if owners[at] == owner
    )


def _all(nodes: Sequence[_Node]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        yield from _all(node.inner)


def _batch(relation: Relation) -> str:
    if relation.direction is Direction.PER_ROW_AGGREGATE:
        grouped = words("SELECT", f"{relation.key},", "count(*) FROM", relation.child)
        return words(grouped, "WHERE", relation.key, "= ANY($1) GROUP BY", f"{relation.key};")
    return words("SELECT * FROM", relation.child, "WHERE", relation.key, "= ANY($1);")


def _query_set(model: str, nodes: Sequence[_Node]) -> str:
    joined = [f'"{each}"' for each in _joined(nodes, "")]
    fetched = [*_fetched(nodes, "")]
    counted = [f'{each}_count=Count("{each}")' for each in _counted(nodes, "")]
    calls = (
        ("select_related", joined),
        ("prefetch_related", fetched),
        ("annotate", counted),
    )
    chain = "".join(f".{name}({', '.join(values)})" for name, values in calls if values)
    return f"{model}.objects{chain}"


def _joined(nodes: Sequence[_Node], prefix: str) -> Iterator[str]:
    """Yield the paths of relations to one row, which Django can join."""
    for node in nodes:
        if node.relation.direction is Direction.TO_ONE:
            path = prefix + node.relation.django_name
            deeper = [*_joined(node.inner, path + "__")]
            yield from deeper or [path]


def _fetched(nodes: Sequence[_Node], prefix: str) -> Iterator[str]:
    """Yield the relations to many rows, each with what is loaded for its rows."""
    for node in nodes:
        path = prefix + node.relation.django_name
        if node.relation.direction is Direction.TO_ONE:
            yield from _fetched(node.inner, path + "__")
        elif node.relation.direction is Direction.TO_MANY:
            inner = _query_set(class_name(node.relation.child), node.inner)
            yield f'Prefetch("{path}", queryset={inner})' if node.inner else f'"{path}"'


def _counted(nodes: Sequence[_Node], prefix: str) -> Iterator[str]:
    for node in nodes:
        name = prefix + node.relation.django_name.removesuffix("_set")
        if node.relation.direction is Direction.PER_ROW_AGGREGATE:
            yield name
        elif node.relation.direction is Direction.TO_ONE:
            yield from _counted(node.inner, name + "__")


def _chains(nodes: Sequence[_Node], before: str = "") -> Iterator[str]:
    """Yield one loader option for each way from the parent to a last relation."""
    for node in nodes:
        relation = node.relation
        if relation.direction is Direction.PER_ROW_AGGREGATE:
            continue
        loader = "joinedload" if relation.direction is Direction.TO_ONE else "selectinload"
        step = f"{loader}({class_name(relation.parent)}.{relation.name})"
        here = f"{before}.{step}" if before else step
        yield from [*_chains(node.inner, here)] or [here]
