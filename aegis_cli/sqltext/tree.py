"""Read PostgreSQL's syntax tree of a statement.

The tree is the parser's JSON: a node is an object with one key, its type, or the bare body where
the grammar allows only one type.
Fields that have their default value are missing.
"""

import json
from collections.abc import Iterator
from typing import TypeAlias

import pglast.parser

from aegis_cli.sqltext.parseable import texts_to_parse

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Node: TypeAlias = dict[str, Json]

_LONGEST_NUMBER = 18
_SUBQUERY = "SubLink"


def parse(sql: str) -> tuple[Node, ...] | None:
    """Return a node for each statement of a text; None if it does not parse."""
    for text in texts_to_parse(sql):
        try:
            document: Json = json.loads(pglast.parser.parse_sql_json(text))
        except (pglast.parser.ParseError, UnicodeEncodeError, ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            return tuple(node(each, "stmt") for each in nodes(document, "stmts"))
    return None


def unwrap(value: Json) -> tuple[str, Node]:
    """Return the type and the body of a node; two empty values if it is none."""
    if isinstance(value, dict):
        for name, body in value.items():
            if isinstance(body, dict):
                return name, body
    return "", {}


def node(parent: Node, key: str) -> Node:
    """Return a field that is a node, an empty one if it is missing."""
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def nodes(parent: Node, key: str) -> tuple[Node, ...]:
    """Return a field that is a list of nodes, an empty one if it is missing."""
    value = parent.get(key)
    if not isinstance(value, list):
        return ()
    return tuple(each for each in value if isinstance(each, dict))


def text(parent: Node, key: str) -> str:
    """Return a field that is a text, an empty one if it is missing."""
    value = parent.get(key)
    return value if isinstance(value, str) else ""


def names(parent: Node, key: str) -> tuple[str, ...]:
    """Return the texts of a dotted name or a list of names; `*` has none."""
    return tuple(
        text(body, "sval") for kind, body in map(unwrap, nodes(parent, key)) if kind == "String"
    )


def integer(constant: Node) -> int | None:
    """Return the value of a constant's body if that is an integer."""
    if "ival" in constant:
        value = node(constant, "ival").get("ival", 0)
        return value if isinstance(value, int) else None
    digits = text(node(constant, "fval"), "fval")
    return int(digits) if digits.isdecimal() and len(digits) <= _LONGEST_NUMBER else None


def descend(root: Json) -> Iterator[tuple[str, Node]]:
    """Yield type and body of a node and of all below it, without entering subqueries."""
    stack: list[Json] = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict):
            for key, child in reversed(value.items()):
                if key != _SUBQUERY:
                    stack.append(child)
            kind, body = unwrap(value)
            if kind:
                yield kind, body
