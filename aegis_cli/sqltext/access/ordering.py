"""Say in which order, or grouped how, a query wants the rows of one table."""

from collections.abc import Iterable

from aegis_cli.model.facts.accesses import SortKey
from aegis_cli.sqltext.access.drafts import AccessDraft
from aegis_cli.sqltext.access.levels import Level
from aegis_cli.sqltext.access.sides import Side, parameter_of, side_of
from aegis_cli.sqltext.selection import Bound, bound, is_aggregate, meant
from aegis_cli.sqltext.tree import Json, Node, descend, names, node, nodes, text, unwrap

_EXTREMES = {"min": False, "max": True}
"""Aggregates that the first row of an order gives, and whether that order is descending."""


def note_order(select: Node, level: Level) -> None:
    """Note order, groups and limit of a query on the table they belong to."""
    limit = _limit(select)
    if "sortClause" in select:
        _note_sort(nodes(select, "sortClause"), select, level)
    elif not _note_extreme(select, level):
        _note_window(select, level)
    if "groupClause" in select:
        _note_groups((meant(each, select) for each in nodes(select, "groupClause")), level)
    elif "distinctClause" in select:
        _note_groups(_distinct(select), level)
    accesses = [each.access for each in level.scope.relations if limit.is_present]
    for access in accesses:
        if access is not None:
            access.has_limit, access.limit = True, limit.value


def note_bounds(select: Node, level: Level) -> None:
    """Note the parameters that say how many rows are wanted."""
    for key, operator in (("limitCount", "LIMIT"), ("limitOffset", "OFFSET")):
        number = parameter_of(select.get(key))
        if number is not None:
            level.use_bound(number, operator)


def _limit(select: Node) -> Bound:
    """Return the LIMIT where it can end a scan early: groups need all rows first."""
    if "groupClause" in select or any(map(is_aggregate, descend(select.get("targetList")))):
        return Bound()
    return bound(select, "limitCount")


def _note_sort(terms: Iterable[Node], select: Node, level: Level) -> None:
    keys: list[tuple[AccessDraft, SortKey]] = []
    for _, sort in map(unwrap, terms):
        key = _key(sort, meant(sort.get("node"), select), level)
        if key is None:
            return
        keys.append(key)
    accesses = {access for access, _ in keys}
    if len(accesses) == 1:
        access = accesses.pop()
        access.order_by = access.order_by or tuple(key for _, key in keys)
        limit = _limit(select)
        if limit.is_present:
            access.has_limit, access.limit = True, limit.value


def _key(sort: Node, term: Json, level: Level) -> tuple[AccessDraft, SortKey] | None:
    side = side_of(term, level.scope)
    written = _written(side)
    if side.access is None or written is None or text(sort, "sortby_dir") == "SORTBY_USING":
        return None
    name, is_expression = written
    nulls = text(sort, "sortby_nulls")
    key = SortKey(
        text=name,
        is_expression=is_expression,
        descending=text(sort, "sortby_dir") == "SORTBY_DESC",
        nulls_first={"SORTBY_NULLS_FIRST": True, "SORTBY_NULLS_LAST": False}.get(nulls),
    )
    return side.access, key


def _written(side: Side) -> tuple[str, bool] | None:
    """Return what to sort by, and whether that is an expression."""
    column = side.column
    if column is not None and column.is_column:
        return column.column, False
    sql = side.sql() if side.is_stable and not (side.parameters or side.is_opaque) else None
    return (sql, True) if sql is not None else None


def _note_extreme(select: Node, level: Level) -> bool:
    """Note `SELECT max(x)` as what it is to an index: the first row by x, descending."""
    targets = [unwrap(each)[1].get("val") for each in nodes(select, "targetList")]
    calls = [body for each in targets for kind, body in descend(each) if is_aggregate((kind, body))]
    if len(calls) != 1 or "groupClause" in select or len(level.scope.relations) != 1:
        return False
    name, arguments = (names(calls[0], "funcname") or ("",))[-1], nodes(calls[0], "args")
    if name not in _EXTREMES or len(arguments) != 1:
        return False
    found = _key({}, arguments[0], level)
    if found is None:
        return False
    access, key = found
    descending = _EXTREMES[name]
    # NULLs do not count, so that their place does not matter.
    access.order_by = (
        SortKey(text=key.text, is_expression=key.is_expression, descending=descending),
    )
    access.has_limit, access.limit = True, 1
    return True


def _note_window(select: Node, level: Level) -> None:
    """Note the order that the first window function wants."""
    for kind, body in descend(select.get("targetList")):
        window = node(body, "over") if kind == "FuncCall" else {}
        if window:
            named = text(window, "name")
            parts = _window(select, named) if named else window
            partition: list[Node] = [
                {"SortBy": {"node": each}} for each in nodes(parts, "partitionClause")
            ]
            _note_sort([*partition, *nodes(parts, "orderClause")], {}, level)
            return


def _window(select: Node, name: str) -> Node:
    windows = (unwrap(each)[1] for each in nodes(select, "windowClause"))
    return next((each for each in windows if text(each, "name") == name), {})


def _distinct(select: Node) -> list[Json]:
    chosen = [each for each in nodes(select, "distinctClause") if each]
    if chosen:
        return [meant(each, select) for each in chosen]
    return [unwrap(each)[1].get("val") for each in nodes(select, "targetList")]


def _note_groups(terms: Iterable[Json], level: Level) -> None:
    columns = [side_of(each, level.scope).column for each in terms]
    accesses = {each.access for each in columns if each is not None and each.is_column}
    if len(accesses) != 1 or None in columns or any(not each.is_column for each in columns if each):
        return
    (access,) = accesses
    if access is not None:
        found = dict.fromkeys(each.column for each in columns if each is not None)
        access.group_by = access.group_by or tuple(found)
