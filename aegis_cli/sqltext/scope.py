"""Resolve the columns of a statement's outermost query to tables."""

from collections.abc import Iterable
from dataclasses import dataclass

from aegis_cli.model.facts.shapes import Join
from aegis_cli.sqltext.tree import Node, names, node, nodes, text, unwrap

_SIDES_DONE = "sides done"
"""Marks a join whose sides were visited, so that conditions come in the order of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Something in FROM that columns can come from."""

    alias: str
    table: str | None
    """None for a subquery, a function or a common table expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column, as far as the text tells where it comes from."""

    alias: str | None
    table: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the outermost query can see, and how its FROM connects it."""

    relations: tuple[Relation, ...]
    joins: tuple[Join, ...] = ()
    """Joins written with USING."""
    conditions: tuple[Node, ...] = ()
    """Conditions of JOIN … ON."""

    def resolve(self, reference: Node) -> Column | None:
        """Return the column that a ColumnRef's body means; None for `*`."""
        path = names(reference, "fields")
        if not path or len(path) < len(nodes(reference, "fields")):
            return None
        alias = path[-2] if len(path) > 1 else self._only_alias()
        matching = [each for each in self.relations if each.alias == alias]
        table = matching[0].table if len(matching) == 1 else None
        return Column(alias=alias, table=table, name=path[-1])

    def _only_alias(self) -> str | None:
        return self.relations[0].alias if len(self.relations) == 1 else None


def table_name(relation: Node) -> str:
    """Return the name of a RangeVar's body; the schema `public` goes without saying."""
    schema, name = text(relation, "schemaname"), text(relation, "relname")
    return name if schema in ("", "public") else f"{schema}.{name}"


def scope_of(
    sources: Iterable[Node], common_tables: frozenset[str], target: Node | None = None
) -> Scope:
    """Return the scope made by the entries of FROM and the table a statement changes."""
    relations = [] if not target else [_named(target, common_tables)]
    joins: list[Join] = []
    conditions: list[Node] = []
    stack = [*reversed(tuple(sources))]
    while stack:
        kind, body = unwrap(stack.pop())
        if kind == "JoinExpr":
            stack += [{_SIDES_DONE: body}, node(body, "rarg"), node(body, "larg")]
        elif kind == _SIDES_DONE:
            joins += _using(body, common_tables)
            conditions += [node(body, "quals")] if "quals" in body else []
        elif kind:
            relations.append(_relation(kind, body, common_tables))
    return Scope(relations=tuple(relations), joins=tuple(joins), conditions=tuple(conditions))


def common_tables_of(statement: Node) -> frozenset[str]:
    """Return the names that a statement's WITH gives to queries."""
    entries = map(unwrap, nodes(node(statement, "withClause"), "ctes"))
    return frozenset(text(body, "ctename") for _, body in entries)


def _relation(kind: str, body: Node, common_tables: frozenset[str]) -> Relation:
    if kind == "RangeTableSample":
        return _relation(*unwrap(node(body, "relation")), common_tables)
    if kind == "RangeVar":
        return _named(body, common_tables)
    return Relation(alias=text(node(body, "alias"), "aliasname"), table=None)


def _named(body: Node, common_tables: frozenset[str]) -> Relation:
    name = text(body, "relname")
    is_common = name in common_tables and not text(body, "schemaname")
    return Relation(
        alias=text(node(body, "alias"), "aliasname") or name,
        table=None if is_common else table_name(body),
    )


def _using(join: Node, common_tables: frozenset[str]) -> list[Join]:
    columns = names(join, "usingClause")
    if not columns:
        return []
    left, right = (_only_table(node(join, side), common_tables) for side in ("larg", "rarg"))
    return [
        Join(left_table=left, left_column=name, right_table=right, right_column=name)
        for name in columns
    ]


def _only_table(source: Node, common_tables: frozenset[str]) -> str | None:
    kind, body = unwrap(source)
    return _relation(kind, body, common_tables).table if kind != "JoinExpr" else None
