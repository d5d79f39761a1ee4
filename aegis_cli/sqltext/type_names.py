"""Write the name of a type from PostgreSQL's syntax tree."""

from aegis_cli.sqltext.identifiers import quoted
from aegis_cli.sqltext.tree import Node, integer, names, nodes, unwrap

_FAMILIAR = {
    "bool": "boolean",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "varchar": "varchar",
    "varbit": "bit varying",
    "json": "json",
}
"""The names that the grammar itself writes behind `pg_catalog.`, as people write them."""
_BARE = frozenset(("numeric", "timestamp", "timestamptz", "time", "timetz", "interval", "bit"))
_INTERVALS = {
    4: "year",
    2: "month",
    8: "day",
    1024: "hour",
    2048: "minute",
    4096: "second",
    6: "year to month",
    1032: "day to hour",
    3080: "day to minute",
    7176: "day to second",
    3072: "hour to minute",
    7168: "hour to second",
    6144: "minute to second",
    0x7FFF: "",
}
"""Fields of an interval by the mask of `INTERVAL_MASK` in the server's `utils/timestamp.h`."""


def type_name(body: Node) -> str | None:
    """Return a TypeName's body as SQL; None for `SETOF` and `%TYPE`."""
    path = names(body, "names")
    if not path or body.get("setof") or body.get("pct_type"):
        return None
    modifiers = [integer(each) for kind, each in map(unwrap, nodes(body, "typmods"))]
    if None in modifiers:
        return None
    numbers = [each for each in modifiers if each is not None]
    arrays = "".join(_bounds(each) for _, each in map(unwrap, nodes(body, "arrayBounds")))
    return _with_modifiers(path, numbers) + arrays


def is_type(body: Node, name: str) -> bool:
    """Tell whether a TypeName's body names a type of the server's own by its last name."""
    path = names(body, "names")
    return bool(path) and path[-1] == name and path[:-1] in ((), ("pg_catalog",))


def _with_modifiers(path: tuple[str, ...], numbers: list[int]) -> str:
    if path == ("pg_catalog", "interval") and numbers:
        fields = _INTERVALS.get(numbers[0], "")
        precision = f"({numbers[1]})" if len(numbers) > 1 else ""
        return f"interval{precision}" if not fields else f"interval {fields}{precision}"
    if path == ("pg_catalog", "bpchar"):
        return f"character({numbers[0]})" if numbers else "pg_catalog.bpchar"
    modifiers = f"({', '.join(map(str, numbers))})" if numbers else ""
    return _plain(path) + modifiers


def _plain(path: tuple[str, ...]) -> str:
    if len(path) == 2 and path[0] == "pg_catalog":  # noqa: PLR2004  # a schema and a name
        known = _FAMILIAR.get(path[1]) or (path[1] if path[1] in _BARE else None)
        if known is not None:
            return known
    return ".".join(map(quoted, path))


def _bounds(body: Node) -> str:
    size = body.get("ival")
    return f"[{size}]" if isinstance(size, int) and size >= 0 else "[]"
