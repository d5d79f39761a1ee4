"""Read INSERT, UPDATE, DELETE and MERGE."""

from collections.abc import Iterable
from dataclasses import replace

from aegis_cli.sqltext.access.closure import follow_equalities
from aegis_cli.sqltext.access.conditions import read_conditions
from aegis_cli.sqltext.access.queries import (
    level_of,
    read_expressions,
    read_query,
    with_common_queries,
)
from aegis_cli.sqltext.access.scopes import Outputs, Relation
from aegis_cli.sqltext.access.sources import FromReader, Purpose, Setting
from aegis_cli.sqltext.tree import Json, Node, node, nodes, text, unwrap

_WRITERS = frozenset(("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"))


def read_statement(statement: Json, setting: Setting) -> Outputs | None:
    """Note what a statement does to tables; None if it is no query and changes no rows."""
    kind, body = unwrap(statement)
    if kind == "SelectStmt":
        return read_query(statement, setting)
    if kind not in _WRITERS:
        return None
    setting = with_common_queries(body, setting)
    _note_target(kind, body, setting)
    if kind == "InsertStmt":
        _read_insert(body, setting)
    else:
        _read_change(body, setting)
    return Outputs()


def _note_target(kind: str, body: Node, setting: Setting) -> None:
    """Remember what is written; the outermost statement speaks last."""
    draft = setting.draft
    relation = node(body, "relation")
    schema, name = text(relation, "schemaname"), text(relation, "relname")
    draft.written_table = f"{schema}.{name}" if schema else name
    draft.written_columns = ()
    if kind == "UpdateStmt":
        draft.written_columns = _set_columns(body)
    elif kind == "MergeStmt":
        clauses = [unwrap(each)[1] for each in nodes(body, "mergeWhenClauses")]
        updates = [each for each in clauses if text(each, "commandType") == "CMD_UPDATE"]
        columns = [name for each in updates for name in _set_columns(each)]
        draft.written_columns = tuple(dict.fromkeys(columns))


def _set_columns(body: Node) -> tuple[str, ...]:
    targets = (text(unwrap(each)[1], "name") for each in nodes(body, "targetList"))
    return tuple(dict.fromkeys(filter(None, targets)))


def _read_insert(body: Node, setting: Setting) -> None:
    read_query(body.get("selectStmt"), replace(setting, purpose=Purpose.RESULT))
    conflict = node(body, "onConflictClause")
    level = level_of(setting)
    # A conflicting row is found by the unique index that the clause names.
    read_expressions(_quiet((conflict.get("targetList"),)), level, setting)


def _quiet(expressions: Iterable[Json]) -> Iterable[Json]:
    return [each for each in expressions if each is not None]


def _read_change(body: Node, setting: Setting) -> None:
    level = level_of(replace(setting, purpose=Purpose.RESULT))
    reader = FromReader(level=level, setting=setting, read_query=read_query)
    _read_all(reader.table(node(body, "relation")))
    sources = (*nodes(body, "fromClause"), *nodes(body, "usingClause"))
    merged = [body["sourceRelation"]] if "sourceRelation" in body else []
    reader.read((*sources, *merged))
    conditions = (*reader.conditions, body.get("whereClause"), body.get("joinCondition"))
    results = (body.get("targetList"), body.get("returningClause"), body.get("returningList"))
    read_expressions(
        (*conditions, *results, body.get("mergeWhenClauses"), *reader.expressions), level, setting
    )
    read_conditions(conditions, level)
    follow_equalities(level)


def _read_all(relations: tuple[Relation, ...]) -> None:
    """Note that rows which are changed are visited in the table itself."""
    for each in relations:
        each.read_all()
