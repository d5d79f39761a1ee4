"""The change that cures a loop of lookups, written for exactly these tables."""

from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.facts.executions import Statement
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._naming import (
    are_linked,
    bare,
    class_name,
    entity_names,
    foreign_key,
    is_own_key,
    key_column,
    plural,
)
from aegis_cli.rules.queries._snippet import lines, words


class Direction(StrEnum):
    """How the rows of parent and child belong together, as far as names tell."""

    TO_ONE = "to one"
    TO_MANY = "to many"
    PER_ROW_AGGREGATE = "aggregate per row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A parent table, a child table and the column by which the child is looked up."""

    direction: Direction
    parent: str
    child: str
    key: str
    """The column of the child that the loop compares."""
    foreign_key: str
    """The column of the parent's rows that names the child; a guess where none was read."""
    is_linked: bool

    @property
    def name(self) -> str:
        """Return the attribute that an ORM would give the relation."""
        if self.direction is Direction.TO_ONE:
            return self.foreign_key.removesuffix("_id")
        return plural(_shortest_name(self.child))

    @property
    def django_name(self) -> str:
        """Return the name that Django gives the relation by default."""
        if self.direction is Direction.TO_ONE:
            return self.name
        return f"{class_name(self.child).lower()}_set"


def relation_of(parent: Statement, child: Statement) -> Relation:
    """Tell from the two statements how their rows belong together."""
    table = child.shape.tables_read[0]
    key = key_column(child.shape)
    return Relation(
        direction=_direction(child, table, key),
        parent=parent.shape.tables_read[0] if parent.shape.tables_read else "parent",
        child=table,
        key=key,
        foreign_key=foreign_key(parent, table) or f"{_shortest_name(table)}_id",
        is_linked=are_linked(parent, child),
    )


def summary_of(relation: Relation) -> Text:
    """Return the change in one sentence."""
    child, parent = relation.child, relation.parent
    match relation.direction:
        case Direction.TO_ONE:
            return Text(
                en=f"Load {child} together with {parent} in one joined statement.",
                ko=f"{parent} 조회 시 {child} 테이블을 JOIN 하여 한 번에 가져옵니다.",
            )
        case Direction.TO_MANY:
            return Text(
                en=f"Load the {child} rows of all {parent} rows in one second statement.",
                ko=f"{parent} 전체에 딸린 {child} 행을 두 번째 쿼리 하나로 가져옵니다.",
            )
        case Direction.PER_ROW_AGGREGATE:
            return Text(
                en=f"Aggregate {child} for all {parent} rows in one grouped statement.",
                ko=f"{parent} 전체에 대한 {child} 집계를 GROUP BY 쿼리 하나로 계산합니다.",
            )


def change_for(relation: Relation) -> str:
    """Return the change as SQL, for Django and for SQLAlchemy, with the guide's caution."""
    match relation.direction:
        case Direction.TO_ONE:
            return _to_one(relation)
        case Direction.TO_MANY:
            return _to_many(relation)
        case Direction.PER_ROW_AGGREGATE:
            return _aggregate(relation)


def _shortest_name(table: str) -> str:
    return min(entity_names(table), key=lambda each: (len(each), each))


def _direction(child: Statement, table: str, key: str) -> Direction:
    if child.shape.is_aggregate_only:
        return Direction.PER_ROW_AGGREGATE
    return Direction.TO_ONE if is_own_key(key, table) else Direction.TO_MANY


def _to_one(relation: Relation) -> str:
    parent, child = class_name(relation.parent), class_name(relation.child)
    return lines(
        "-- SQL: one joined statement",
        "SELECT p.*, c.*",
        f"FROM {relation.parent} AS p",
        f"JOIN {relation.child} AS c ON c.{relation.key} = p.{relation.foreign_key};",
        "-- or one batched statement",
        words("SELECT * FROM", relation.child, "WHERE", relation.key, "= ANY($1);"),
        "",
        f"# Django: {parent}.{relation.name} is 1:1 or N:1, so it can be joined",
        f'{parent}.objects.select_related("{relation.name}")',
        "",
        "# SQLAlchemy",
        f"select({parent}).options(joinedload({parent}.{relation.name}))",
        "",
        f"# Caution: a join repeats the columns of {child} in every row;",
        "# join only the relations that are used.",
    )


def _to_many(relation: Relation) -> str:
    parent = class_name(relation.parent)
    return lines(
        "-- SQL: one batched statement for all parent rows",
        words("SELECT * FROM", relation.child, "WHERE", relation.key, "= ANY($1);"),
        "",
        "# Django: 1:N or M:N, a second statement joined in memory",
        f'{parent}.objects.prefetch_related("{relation.django_name}")  # or its related_name',
        "",
        "# SQLAlchemy",
        f"select({parent}).options(selectinload({parent}.{relation.name}))",
        "",
        "# Caution: every prefetched row is held in memory;",
        "# page the parent rows and prefetch only what is used.",
    )


def _aggregate(relation: Relation) -> str:
    parent, table = class_name(relation.parent), bare(relation.child)
    return lines(
        "-- SQL: one grouped statement (count stands for the aggregate in use)",
        f"SELECT {relation.key}, count(*)",
        f"FROM {relation.child}",
        f"WHERE {relation.key} = ANY($1)",
        f"GROUP BY {relation.key};",
        "",
        "# Django",
        f'{parent}.objects.annotate({table}_count=Count("{relation.django_name.removesuffix("_set")}"))',
        "",
        "# SQLAlchemy",
        f"select({class_name(relation.child)}.{relation.key}, func.count())"
        f".group_by({class_name(relation.child)}.{relation.key})",
    )
