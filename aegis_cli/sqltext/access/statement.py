"""Tell how a statement gets at the rows of each table."""

from dataclasses import replace

from aegis_cli.model.facts.accesses import Condition, StatementAccess, TableAccess
from aegis_cli.model.facts.shapes import Operand
from aegis_cli.sqltext import tree
from aegis_cli.sqltext.access.drafts import ColumnsOf, StatementDraft, ViewOf
from aegis_cli.sqltext.access.sources import Catalog, Setting
from aegis_cli.sqltext.access.writes import read_statement
from aegis_cli.sqltext.parseable import LONGEST_PARSED_AS_IS
from aegis_cli.sqltext.tree import Json, Node, node, unwrap

_FRAMES = frozenset(("TransactionStmt", "VariableSetStmt", "VariableShowStmt"))
_WRAPPERS = {
    "DeclareCursorStmt": "query",
    "PrepareStmt": "query",
    "ExplainStmt": "query",
    "CopyStmt": "query",
    "CreateTableAsStmt": "query",
}
"""Statements around a query, and the field it is in."""


def no_view(name: str) -> str | None:
    """Say that no name is that of a view."""
    del name
    return None


def accesses_of(sql: str, columns_of: ColumnsOf, view_of: ViewOf = no_view) -> StatementAccess:
    """Return how a statement gets at the rows of each table; this never raises.

    Args:
        sql: One statement; bind values may be `$1`, `?`, `%s` or `:name`.
        columns_of: Returns the columns of a table by the name the statement calls it.
        view_of: Returns the CREATE VIEW of a view by that name, so that its tables are found.
    """
    statements = tree.parse(sql)
    if statements is None:
        return StatementAccess(problem="PostgreSQL's parser does not understand it")
    telling = [each for each in statements if unwrap(each)[0] not in _FRAMES] or [*statements]
    if len(telling) != 1:
        return StatementAccess(problem=f"the text holds {len(telling)} statements")
    draft = StatementDraft()
    catalog = Catalog(columns_of=columns_of, view_of=view_of)
    setting = Setting(draft=draft, catalog=catalog, read_statement=read_statement)
    try:
        outputs = read_statement(_inner(telling[0]), setting)
    except RecursionError:
        return StatementAccess(problem="its subqueries are nested too deeply")
    if outputs is None:
        return StatementAccess(problem="it neither reads nor changes rows")
    tables = tuple(each.finish() for each in draft.accesses)
    if len(sql) > LONGEST_PARSED_AS_IS:
        tables = tuple(map(_without_lists, tables))
    return StatementAccess(
        tables=tables,
        parameters=tuple(sorted(draft.parameters, key=lambda each: each.number)),
        highest_parameter=draft.highest_parameter,
        written_table=draft.written_table,
        written_columns=draft.written_columns,
    )


def _inner(statement: Node) -> Json:
    kind, body = unwrap(statement)
    field = _WRAPPERS.get(kind)
    inner = node(body, field) if field is not None else {}
    return inner or statement


def _without_lists(table: TableAccess) -> TableAccess:
    """Drop the constants of lists, of which the parser was given only the first items."""
    conditions = tuple(map(_without_items, table.conditions))
    return replace(table, conditions=conditions)


def _without_items(condition: Condition) -> Condition:
    if condition.operand is not Operand.LIST:
        return condition
    return replace(condition, constant=None, sql="")
