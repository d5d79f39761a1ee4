"""Read what a SELECT returns: its columns, its order and how many rows at most."""

from dataclasses import dataclass

from aegis_cli.model.facts.shapes import OrderTerm
from aegis_cli.sqltext.scope import Scope
from aegis_cli.sqltext.tree import (
    Json,
    Node,
    descend,
    integer,
    names,
    node,
    nodes,
    text,
    unwrap,
)

_AGGREGATES = frozenset(
    (
        *("count", "sum", "avg", "min", "max", "array_agg", "string_agg", "any_value"),
        *("json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg", "xmlagg"),
        *("bool_and", "bool_or", "every", "bit_and", "bit_or", "bit_xor", "range_agg"),
        *("stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp", "corr"),
        *("covar_pop", "covar_samp", "percentile_cont", "percentile_disc", "mode"),
        *("json_agg_strict", "jsonb_agg_strict", "range_intersect_agg", "st_extent"),
    )
)
_AGGREGATE_NODES = frozenset(("JsonArrayAgg", "JsonObjectAgg"))
_AGGREGATE_MARKS = ("agg_star", "agg_filter", "agg_order", "agg_within_group", "agg_distinct")
_SETS = frozenset(
    (
        *("unnest", "generate_series", "generate_subscripts", "regexp_split_to_table"),
        *("regexp_matches", "string_to_table", "json_array_elements", "jsonb_array_elements"),
        *("json_each", "jsonb_each", "json_object_keys", "jsonb_object_keys"),
        *("json_array_elements_text", "jsonb_array_elements_text", "jsonb_path_query"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A LIMIT or OFFSET."""

    is_present: bool = False
    value: int | None = None
    """The number, if it stands in the text."""
    parameter: int | None = None
    """n, if it is given as `$n`."""


def bound(parent: Node, key: str) -> Bound:
    """Return the LIMIT or OFFSET in a field of a SELECT."""
    kind, body = unwrap(parent.get(key))
    while kind == "TypeCast":
        kind, body = unwrap(body.get("arg"))
    if not kind or body.get("isnull"):
        return Bound()
    if kind == "A_Const":
        return Bound(is_present=True, value=integer(body))
    number = body.get("number") if kind == "ParamRef" else None
    return Bound(is_present=True, parameter=number if isinstance(number, int) else None)


def selected_columns(select: Node) -> tuple[str, ...]:
    """Return the names of the plain columns that a SELECT returns."""
    return tuple(
        names(body, "fields")[-1]
        for kind, body in _targets(select)
        if kind == "ColumnRef" and not is_star(body)
    )


def selects_star(select: Node) -> bool:
    """Tell whether a SELECT asks for all columns of something."""
    return any(kind == "ColumnRef" and is_star(body) for kind, body in _targets(select))


def is_aggregate_only(select: Node) -> bool:
    """Tell whether aggregates without GROUP BY make the result one row."""
    if "groupClause" in select:
        return False
    inner = [each for target in _target_values(select) for each in descend(target)]
    return any(map(is_aggregate, inner)) and not any(map(_is_set, inner))


def counts_only(select: Node) -> bool:
    """Tell whether a SELECT returns nothing but a count."""
    targets = _targets(select)
    if len(targets) != 1 or "groupClause" in select:
        return False
    kind, body = targets[0]
    return kind == "FuncCall" and is_aggregate((kind, body)) and _function(body) == "count"


def order_of(select: Node, scope: Scope) -> tuple[OrderTerm, ...]:
    """Return the columns of the ORDER BY, up to the first term that is no plain column."""
    terms = []
    for _, sort in map(unwrap, nodes(select, "sortClause")):
        kind, body = unwrap(meant(sort.get("node"), select))
        column = scope.resolve(body) if kind == "ColumnRef" else None
        if column is None:
            break
        descending = text(sort, "sortby_dir") == "SORTBY_DESC"
        terms.append(OrderTerm(table=column.table, column=column.name, descending=descending))
    return tuple(terms)


def meant(term: Json, select: Node) -> Json:
    """Return the selected expression that a position or an output name in ORDER BY stands for."""
    kind, body = unwrap(term)
    targets = nodes(select, "targetList")
    if kind == "A_Const":
        position = integer(body) or 0
        return _value(targets[position - 1]) if 0 < position <= len(targets) else None
    path = names(body, "fields") if kind == "ColumnRef" else ()
    if len(path) == 1:
        for target in targets:
            if text(unwrap(target)[1], "name") == path[0]:
                return _value(target)
    return term


def _targets(select: Node) -> tuple[tuple[str, Node], ...]:
    return tuple(map(unwrap, _target_values(select)))


def _target_values(select: Node) -> tuple[Json, ...]:
    return tuple(map(_value, nodes(select, "targetList")))


def _value(target: Node) -> Json:
    return unwrap(target)[1].get("val")


def is_star(reference: Node) -> bool:
    """Tell whether a ColumnRef's body is `*` or `t.*`."""
    return any("A_Star" in each for each in nodes(reference, "fields"))


def is_aggregate(item: tuple[str, Node]) -> bool:
    """Tell whether a node, given as type and body, is a call of an aggregate function."""
    kind, body = item
    if kind != "FuncCall":
        return kind in _AGGREGATE_NODES
    if node(body, "over"):
        return False
    return (
        _function(body) in _AGGREGATES
        or _function(body).startswith("regr_")
        or any(mark in body for mark in _AGGREGATE_MARKS)
    )


def _is_set(item: tuple[str, Node]) -> bool:
    return item[0] == "FuncCall" and _function(item[1]) in _SETS


def _function(call: Node) -> str:
    return (names(call, "funcname") or ("",))[-1]
