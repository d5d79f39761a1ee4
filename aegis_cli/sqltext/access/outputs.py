"""Say what the columns of a query come down to for the query around it."""

from aegis_cli.sqltext.access.drafts import Place
from aegis_cli.sqltext.access.levels import Level
from aegis_cli.sqltext.access.scopes import Outputs, Relation
from aegis_cli.sqltext.access.sides import side_of
from aegis_cli.sqltext.selection import is_aggregate, is_star, meant
from aegis_cli.sqltext.tree import Json, Node, descend, names, nodes, text, unwrap

_BARRIERS = ("limitCount", "limitOffset", "distinctClause", "groupClause", "havingClause")


def is_transparent(select: Node) -> bool:
    """Tell whether each row of a query is made of one row of each of its tables.

    Then PostgreSQL merges it into the query around it, and conditions from there apply here.
    """
    if any(key in select for key in (*_BARRIERS, "larg", "valuesLists")):
        return False
    return not any(
        is_aggregate((kind, body)) or (kind == "FuncCall" and "over" in body)
        for kind, body in descend(select.get("targetList"))
    )


def outputs_of(select: Node, level: Level) -> Outputs:
    """Return the columns of a query by name and by position."""
    if "valuesLists" in select:
        return _unknown([f"column{number}" for number in range(1, 1 + _width(select))])
    passed = None if is_transparent(select) else _passed(select, level)
    columns: list[tuple[str, Place]] = []
    whole: list[Relation] = []
    for target in nodes(select, "targetList"):
        _, body = unwrap(target)
        kind, value = unwrap(body.get("val"))
        if kind == "ColumnRef" and is_star(value):
            for each in _starred(value, level):
                _add_all(each, columns, whole)
            continue
        name = text(body, "name") or output_name(kind, value)
        columns.append((name, _place(name, body.get("val"), level)))
    if passed is not None:
        columns = [(name, _behind(place, passed, name)) for name, place in columns]
    by_name: dict[str, Place] = {}
    for name, place in columns:
        by_name.setdefault(name, place)
    return Outputs(
        columns=by_name,
        positions=() if whole else tuple(place for _, place in columns),
        is_complete=not whole,
        whole=tuple(whole) if passed is None else (),
    )


def opaque(select: Node) -> Outputs:
    """Return the columns of a query that conditions from outside cannot enter."""
    while "larg" in select:
        larg = select["larg"]
        select = larg if isinstance(larg, dict) else {}
    if "valuesLists" in select:
        return _unknown([f"column{number}" for number in range(1, 1 + _width(select))])
    found = [unwrap(each)[1] for each in nodes(select, "targetList")]
    values = [unwrap(each.get("val")) for each in found]
    if any(kind == "ColumnRef" and is_star(value) for kind, value in values):
        return Outputs()
    return _unknown(
        [
            text(each, "name") or output_name(*value)
            for each, value in zip(found, values, strict=True)
        ]
    )


def output_name(kind: str, value: Node) -> str:
    """Return the name that the server gives to a column without AS."""
    match kind:
        case "ColumnRef":
            return (names(value, "fields") or ("",))[-1]
        case "FuncCall":
            return (names(value, "funcname") or ("",))[-1]
        case "TypeCast":
            return output_name(*unwrap(value.get("arg")))
        case "CaseExpr":
            return "case"
        case "CoalesceExpr":
            return "coalesce"
        case _:
            return "?column?"


def _unknown(columns: list[str]) -> Outputs:
    places = [Place(access=None, alias="", column=name) for name in columns]
    return Outputs(
        columns={place.column: place for place in reversed(places)},
        positions=tuple(places),
        is_complete=True,
    )


def _width(select: Node) -> int:
    return max((len(nodes(row, "items")) for _, row in _rows(select)), default=0)


def _rows(select: Node) -> list[tuple[str, Node]]:
    return [unwrap(each) for each in nodes(select, "valuesLists")]


def _starred(reference: Node, level: Level) -> tuple[Relation, ...]:
    path = names(reference, "fields")
    if not path:
        return tuple(level.scope.relations)
    relation = level.scope.relation(path[-1])
    return (relation,) if relation is not None else ()


def _add_all(relation: Relation, columns: list[tuple[str, Place]], whole: list[Relation]) -> None:
    known = relation.names()
    if known is None:
        whole.append(relation)
    for name in known or ():
        place = relation.find(name)
        if place is not None:
            columns.append((name, place))


def _place(name: str, value: Json, level: Level) -> Place:
    side = side_of(value, level.scope)
    if side.column is not None:
        return side.column
    unknown = Place(access=None, alias="", column=name)
    if side.access is None or side.parameters or side.is_opaque or not side.is_stable:
        return unknown
    sql = side.sql()
    if sql is None:
        return unknown
    return Place(access=side.access, alias=side.places[0].alias, column=name, expression=sql)


def _passed(select: Node, level: Level) -> frozenset[tuple[int | str, str]]:
    """Return the columns that a condition from outside can be put on before grouping."""
    if "limitCount" in select or "limitOffset" in select:
        return frozenset()
    terms: list[Json] = [meant(each, select) for each in nodes(select, "groupClause")]
    if "distinctClause" in select and "groupClause" not in select:
        chosen = [each for each in nodes(select, "distinctClause") if each]
        listed = [unwrap(each)[1].get("val") for each in nodes(select, "targetList")]
        terms = [meant(each, select) for each in chosen] if chosen else listed
    columns = [side_of(each, level.scope).column for each in terms]
    return frozenset(each.identity for each in columns if each is not None)


def _behind(place: Place, passed: frozenset[tuple[int | str, str]], name: str) -> Place:
    is_passed = place.identity in passed and place.expression is None
    return place if is_passed else Place(access=None, alias="", column=name)
