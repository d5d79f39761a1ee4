"""Read the filter of a plan's node, as EXPLAIN prints it."""

from aegis_cli.model.facts.accesses import Condition
from aegis_cli.sqltext import tree
from aegis_cli.sqltext.access.conditions import read_conditions
from aegis_cli.sqltext.access.drafts import StatementDraft
from aegis_cli.sqltext.access.levels import Level
from aegis_cli.sqltext.access.scopes import Relation, Scope
from aegis_cli.sqltext.access.sides import parts_of
from aegis_cli.sqltext.tree import Json, names, node, nodes, unwrap
from aegis_cli.sqltext.type_names import type_name

_SILENT_CASTS = frozenset(("text", "bpchar", "pg_catalog.bpchar"))
"""Casts that EXPLAIN shows on columns of other text types, which an index serves all the same."""


def conditions_of_filter(table: str, condition: str) -> tuple[Condition, ...]:
    """Return what a filter demands of the columns of the one table that is scanned.

    Columns may carry the alias of the statement. A filter that cannot be read demands nothing.
    """
    statements = tree.parse("SELECT WHERE " + condition)
    if statements is None or len(statements) != 1:
        return ()
    root = _uncast(unwrap(statements[0])[1].get("whereClause"))
    draft = StatementDraft()
    access = draft.table(table, table, None)
    aliases = _aliases(root)
    if len(aliases) > 1:
        return ()
    alias = aliases.pop() if aliases else table
    scope = Scope(relations=[Relation(alias=alias, access=access)])
    read_conditions((root,), Level(scope=scope, draft=draft))
    return access.finish().conditions


def _aliases(root: Json) -> set[str]:
    paths = (names(body, "fields") for kind, body in parts_of(root) if kind == "ColumnRef")
    return {path[-2] for path in paths if len(path) > 1}


def _uncast(value: Json) -> Json:
    """Return a tree without casts that do not hide a column from its index."""
    if isinstance(value, list):
        return [*map(_uncast, value)]
    if not isinstance(value, dict):
        return value
    kind, body = unwrap(value)
    if kind == "TypeCast" and unwrap(body.get("arg"))[0] == "ColumnRef":
        name = type_name(node(body, "typeName"))
        if name in _SILENT_CASTS and not nodes(node(body, "typeName"), "typmods"):
            return body.get("arg")
    return {key: _uncast(each) for key, each in value.items()}
