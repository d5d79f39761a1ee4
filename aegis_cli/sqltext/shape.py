"""Tell what a statement does: tables, conditions, order, limit."""

from collections.abc import Sequence
from dataclasses import replace

from aegis_cli.model.facts.shapes import Shape, StatementKind
from aegis_cli.sqltext import tree
from aegis_cli.sqltext.census import census_of
from aegis_cli.sqltext.conditions import conditions_of
from aegis_cli.sqltext.parseable import LONGEST_PARSED_AS_IS, count_rows
from aegis_cli.sqltext.scope import Scope, common_tables_of, scope_of
from aegis_cli.sqltext.selection import (
    bound,
    counts_only,
    is_aggregate_only,
    order_of,
    selected_columns,
    selects_star,
)
from aegis_cli.sqltext.tokens import tokens_of
from aegis_cli.sqltext.tree import Node, node, nodes, text, unwrap
from aegis_cli.sqltext.unparsed_shape import unparsed_shape_of

_SELECT = "SelectStmt"
_KINDS = {
    "SelectStmt": StatementKind.SELECT,
    "InsertStmt": StatementKind.INSERT,
    "UpdateStmt": StatementKind.UPDATE,
    "DeleteStmt": StatementKind.DELETE,
    "MergeStmt": StatementKind.MERGE,
    "CopyStmt": StatementKind.COPY,
    "VariableSetStmt": StatementKind.SETTING,
    "VariableShowStmt": StatementKind.SETTING,
    "DiscardStmt": StatementKind.SETTING,
    "ConstraintsSetStmt": StatementKind.SETTING,
    "DeclareCursorStmt": StatementKind.CURSOR,
    "FetchStmt": StatementKind.CURSOR,
    "ClosePortalStmt": StatementKind.CURSOR,
}
_TRANSACTION_KINDS = {
    "TRANS_STMT_BEGIN": StatementKind.BEGIN,
    "TRANS_STMT_START": StatementKind.BEGIN,
    "TRANS_STMT_COMMIT": StatementKind.COMMIT,
    "TRANS_STMT_COMMIT_PREPARED": StatementKind.COMMIT,
    "TRANS_STMT_PREPARE": StatementKind.COMMIT,
    "TRANS_STMT_ROLLBACK": StatementKind.ROLLBACK,
    "TRANS_STMT_ROLLBACK_PREPARED": StatementKind.ROLLBACK,
}
_DDL_PREFIXES = ("Create", "Alter", "Drop", "Rename", "Grant", "Define", "Comment", "Reindex")
_DDL = frozenset(
    ("IndexStmt", "TruncateStmt", "ViewStmt", "RefreshMatViewStmt", "ImportForeignSchemaStmt")
)
_READERS = frozenset(("SelectStmt", "CopyStmt", "CreateTableAsStmt", "DeclareCursorStmt"))
_WRITERS = frozenset(("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"))


def shape_of(sql: str) -> Shape:
    """Return what a statement does, as far as its text tells; this never raises."""
    statements = tree.parse(sql)
    if statements is None:
        return unparsed_shape_of(sql)
    shapes = [_shape(each) for each in statements]
    if len(shapes) != 1:
        return _together(shapes)
    (shape,) = shapes
    if shape.values_rows is not None and len(sql) > LONGEST_PARSED_AS_IS:
        # The parser was given only some of the rows.
        return replace(shape, values_rows=count_rows(tokens_of(sql)))
    return shape


def _together(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of several statements sent as one text."""
    telling = [each for each in shapes if not _is_frame(each)]
    if len(telling) == 1:
        return telling[0]
    if not telling:
        return shapes[0] if shapes else Shape(kind=StatementKind.OTHER)
    return Shape(
        kind=StatementKind.OTHER,
        tables_read=tuple({name: 1 for each in telling for name in each.tables_read}),
        tables_written=tuple({name: 1 for each in telling for name in each.tables_written}),
        is_volatile=any(each.is_volatile for each in telling),
        is_locking=any(each.is_locking for each in telling),
        touches_catalog_only=all(each.touches_catalog_only for each in telling),
    )


def _is_frame(shape: Shape) -> bool:
    return shape.is_transaction_control or shape.kind is StatementKind.SETTING


def _shape(statement: Node) -> Shape:
    name, body = unwrap(statement)
    kind = _kind(name, body)
    if name == "TruncateStmt":
        tables = census_of({"relations": body.get("relations")}).tables_read
        return Shape(kind=kind, tables_written=tables)
    if name not in _READERS and name not in _WRITERS:
        return Shape(kind=kind)
    census = census_of(statement)
    base = Shape(
        kind=kind,
        tables_read=census.tables_read,
        tables_written=tuple(census.written),
        is_volatile=census.is_volatile,
        is_locking=census.is_locking,
        touches_catalog_only=census.touches_catalog_only,
    )
    if name in _WRITERS:
        return _with_write(base, name, body)
    return _with_select(base, body if name == _SELECT else node(node(body, "query"), _SELECT))


def _kind(name: str, body: Node) -> StatementKind:
    if name == "TransactionStmt":
        return _TRANSACTION_KINDS.get(text(body, "kind"), StatementKind.SAVEPOINT)
    if name in _DDL or name.startswith(_DDL_PREFIXES):
        return StatementKind.DDL
    return _KINDS.get(name, StatementKind.OTHER)


def _with_select(base: Shape, select: Node) -> Shape:
    scope = scope_of(nodes(select, "fromClause"), common_tables_of(select))
    base = _with_conditions(base, select, scope)
    limit, offset = bound(select, "limitCount"), bound(select, "limitOffset")
    first = _first_arm(select)
    return replace(
        base,
        order_by=order_of(select, scope),
        selected_columns=selected_columns(first),
        selects_star=selects_star(first),
        has_from="fromClause" in select or (first is not select and bool(base.tables_read)),
        has_order_by="sortClause" in select,
        has_group_by="groupClause" in select,
        has_distinct="distinctClause" in select,
        has_limit=limit.is_present,
        limit_value=limit.value,
        limit_param=limit.parameter,
        has_offset=offset.is_present,
        offset_value=offset.value,
        offset_param=offset.parameter,
        is_aggregate_only=is_aggregate_only(select),
        count_only=counts_only(select),
    )


def _first_arm(select: Node) -> Node:
    """Return the first SELECT of a UNION, which names its columns."""
    while "larg" in select:
        select = node(select, "larg")
    return select


def _with_write(base: Shape, name: str, body: Node) -> Shape:
    if name == "InsertStmt":
        return _with_insert(base, body)
    if name == "MergeStmt":
        return base
    sources = (*nodes(body, "fromClause"), *nodes(body, "usingClause"))
    scope = scope_of(sources, common_tables_of(body), target=node(body, "relation"))
    return replace(_with_conditions(base, body, scope), has_from=bool(sources))


def _with_insert(base: Shape, body: Node) -> Shape:
    source = node(node(body, "selectStmt"), _SELECT)
    rows = len(nodes(source, "valuesLists"))
    return replace(
        base,
        values_rows=(rows or None) if source else 1,
        insert_from_select=bool(source) and not rows,
        on_conflict="onConflictClause" in body,
    )


def _with_conditions(base: Shape, body: Node, scope: Scope) -> Shape:
    where = [node(body, "whereClause")] if "whereClause" in body else []
    found = conditions_of((*scope.conditions, *where), scope)
    return replace(
        base,
        predicates=tuple(found.predicates),
        joins=tuple(found.joins),
        has_where=bool(where),
        has_other_conditions=found.has_others,
    )
