"""Read a SELECT, and every query inside it."""

from collections.abc import Iterable
from dataclasses import replace

from aegis_cli.sqltext.access.closure import follow_equalities
from aegis_cli.sqltext.access.conditions import read_conditions
from aegis_cli.sqltext.access.levels import Level
from aegis_cli.sqltext.access.ordering import note_bounds, note_order
from aegis_cli.sqltext.access.outputs import is_transparent, opaque, outputs_of
from aegis_cli.sqltext.access.scopes import Outputs, Scope
from aegis_cli.sqltext.access.sides import number_of, parts_of
from aegis_cli.sqltext.access.sources import FromReader, Purpose, Setting
from aegis_cli.sqltext.selection import meant
from aegis_cli.sqltext.tree import Json, Node, names, node, nodes, text, unwrap

_PURPOSES = {"EXISTS_SUBLINK": Purpose.TEST, "ANY_SUBLINK": Purpose.MEMBERSHIP}
_AS_WRITTEN = (
    *("whereClause", "havingClause", "windowClause", "limitCount", "limitOffset"),
    *("valuesLists", "whenClause"),
)
_NAMED = ("sortClause", "groupClause", "distinctClause")
"""Lists whose entries may be names or positions of what is selected."""


def read_query(query: Json, setting: Setting) -> Outputs:
    """Return the columns of a query after noting what it and all inside it do to tables."""
    kind, body = unwrap(query)
    if kind != "SelectStmt":
        return Outputs()
    setting = with_common_queries(body, setting)
    if "larg" in body:
        return _read_arms(body, setting)
    level = level_of(setting)
    # A LATERAL subquery of plain rows is a join written differently.
    level.is_filter |= setting.purpose is Purpose.SOURCE and is_transparent(body)
    reader = FromReader(level=level, setting=setting, read_query=read_query)
    reader.read(nodes(body, "fromClause"))
    expressions = (*_expressions(body, setting.purpose), *reader.expressions, *reader.conditions)
    read_expressions(expressions, level, setting)
    read_conditions((*reader.conditions, body.get("whereClause")), level)
    follow_equalities(level)
    note_order(body, level)
    note_bounds(body, level)
    _note_locks(body, level)
    is_needed = setting.purpose in (Purpose.SOURCE, Purpose.MEMBERSHIP)
    return outputs_of(body, level) if is_needed else Outputs()


def level_of(setting: Setting) -> Level:
    """Return a level for a query in its surroundings."""
    scope = Scope(outer=setting.outer)
    return Level(scope=scope, draft=setting.draft, is_filter=setting.is_filter)


def with_common_queries(statement: Node, setting: Setting) -> Setting:
    """Read the queries of a WITH and return a setting in which they can be seen."""
    clause = node(statement, "withClause")
    for _, entry in map(unwrap, nodes(clause, "ctes")):
        name, query = text(entry, "ctename"), entry.get("ctequery")
        inner = replace(setting, purpose=Purpose.SOURCE)
        kind, body = unwrap(query)
        is_recursive = bool(clause.get("recursive")) and "larg" in body
        if is_recursive:
            unknown = opaque(body).renamed(name, names(entry, "aliascolnames"))
            inner = replace(inner, common={**setting.common, name: unknown})
        found = setting.read_statement(query, inner) if kind != "SelectStmt" else None
        outputs = found or read_query(query, inner)
        outputs = outputs.renamed(name, names(entry, "aliascolnames"))
        setting = replace(setting, common={**setting.common, name: outputs})
    return setting


def read_expressions(expressions: Iterable[Json], level: Level, setting: Setting) -> None:
    """Note the columns and parameters in expressions, and read the subqueries in them."""
    for expression in expressions:
        for kind, body in parts_of(expression):
            match kind:
                case "ColumnRef":
                    level.scope.note(body)
                case "ParamRef":
                    highest = max(level.draft.highest_parameter, number_of(body))
                    level.draft.highest_parameter = highest
                case "SubLink":
                    purpose = _PURPOSES.get(text(body, "subLinkType"), Purpose.RESULT)
                    inner = replace(setting, outer=level.scope, purpose=purpose)
                    outputs = read_query(body.get("subselect"), inner)
                    level.subqueries[id(body)] = outputs
                case _:
                    pass


def _read_arms(select: Node, setting: Setting) -> Outputs:
    """Read both sides of a UNION, INTERSECT or EXCEPT."""
    inner = replace(setting, purpose=Purpose.RESULT)
    read_query({"SelectStmt": node(select, "larg")}, inner)
    read_query({"SelectStmt": node(select, "rarg")}, inner)
    level = level_of(setting)
    note_bounds(select, level)
    read_expressions((select.get("limitCount"), select.get("limitOffset")), level, setting)
    return opaque(select)


def _expressions(select: Node, purpose: Purpose) -> list[Json]:
    """Return what is read from tables, as far as nobody else reads it."""
    found: list[Json] = [select.get(key) for key in _AS_WRITTEN]
    for key in _NAMED:
        for each in nodes(select, key):
            term = unwrap(each)[1].get("node") if key == "sortClause" else each
            # What is selected is read as such.
            found += [term] if meant(term, select) is term else []
    if purpose is Purpose.TEST:
        return found
    targets = [unwrap(each)[1].get("val") for each in nodes(select, "targetList")]
    if purpose is Purpose.SOURCE and is_transparent(select):
        targets = [each for each in targets if unwrap(each)[0] != "ColumnRef"]
    return found + targets


def _note_locks(select: Node, level: Level) -> None:
    """Note that rows which are locked are visited in the table itself."""
    for _, clause in map(unwrap, nodes(select, "lockingClause")):
        locked = [text(unwrap(each)[1], "relname") for each in nodes(clause, "lockedRels")]
        for each in level.scope.relations:
            if not locked or each.alias in locked:
                each.read_all()
