"""Take literals out of SQL that the server spelled."""

import re
from collections.abc import Collection
from dataclasses import dataclass

_NAME = r'(?:"(?:[^"]|"")*"|[a-z_][\w$]*)'
_TYPE = (
    r"(?:(?:timestamp|time)(?:\(\d\))? with(?:out)? time zone|character varying|bit varying"
    rf"|double precision|{_NAME}(?:\.{_NAME})?)(?:\(\d+(?:,\d+)?\))?(?:\[\])*"
)
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'
    rf"|(?P<string>[EBX]?'(?:[^']|'')*')(?:::(?P<type>{_TYPE}))?"
    r"|(?P<number>(?<![\w$])\d[\d.]*(?:[eE][+-]?\d+)?)"
    r"|[\w$]+"
)
_MODIFIER = re.compile(r"\(\d+(?:,\d+)?\)")
_LONGEST_NUMBER = 2
"""Numbers of at most two digits are positions and flags rather than data."""

_MEANINGLESS = {
    **dict.fromkeys(("text", "character varying", "bpchar", "character", "name", "citext"), "'0'"),
    **dict.fromkeys(
        ("smallint", "integer", "bigint", "numeric", "real", "double precision", "oid", "money"),
        "'0'",
    ),
    **dict.fromkeys(
        ("date", "timestamp without time zone", "timestamp with time zone"), "'2000-01-01'"
    ),
    "time without time zone": "'00:00:00'",
    "interval": "'1 day'",
    "uuid": "'00000000-0000-0000-0000-000000000000'",
    "jsonb": "'0'",
    "json": "'0'",
    "bytea": r"'\x00'",
    "inet": "'10.0.0.0'",
    "cidr": "'10.0.0.0'",
    "unknown": "'0'",
    "jsonpath": "'$'",
}
_SCHEMA_TYPES = re.compile(r"reg[a-z]+\Z|boolean\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """SQL whose literals mean nothing."""

    sql: str
    is_changed: bool


def mask(sql: str, enumerations: Collection[str]) -> Masked | None:
    """Replace the literals of SQL, so that it still is valid; None where that cannot be done.

    Labels of enumerations, names of schema objects and numbers of at most two digits stay.

    Args:
        sql: As pg_get_expr and its like write it: string constants carry their type.
        enumerations: Types whose labels are part of the schema, as `format_type` writes them.
    """
    pieces = []
    end = 0
    for found in _TOKEN.finditer(sql):
        literal = found["string"] or found["number"]
        if literal is None:
            continue
        replaced = _number(literal) if found["number"] else _string(found, enumerations)
        if replaced is None:
            return None
        pieces.append(sql[end : found.start()] + replaced)
        end = found.start() + len(literal)
    text = "".join([*pieces, sql[end:]])
    return Masked(sql=text, is_changed=text != sql)


def _number(literal: str) -> str:
    return literal if len(literal) <= _LONGEST_NUMBER else "1"


def _string(found: re.Match[str], enumerations: Collection[str]) -> str | None:
    literal, type_name = found["string"], found["type"] or "unknown"
    base = _MODIFIER.sub("", type_name)
    if base in enumerations or _SCHEMA_TYPES.match(base):
        return literal
    if literal.startswith(("B", "X")):
        return f"{literal[0]}'0'"
    if base.endswith("[]"):
        is_label = base.removesuffix("[]") in enumerations
        return literal if is_label else "'{}'"
    return _MEANINGLESS.get(base)
