"""Tell whether a text is one statement that a planner can be asked about."""

import json
from dataclasses import dataclass

import pglast.parser

from aegis_cli.sqltext.parseable import LONGEST_PARSED
from aegis_cli.sqltext.tree import Json, Node, node, nodes, unwrap

_PLANNED = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
_PARAMETER = "ParamRef"


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleStatement:
    """What a text of exactly one statement is."""

    node: str
    """Type of the syntax tree's root, such as `SelectStmt`."""
    parameters: int = 0
    """The highest `$n` in it; 0 when there is none."""

    @property
    def is_planned(self) -> bool:
        """Tell whether EXPLAIN makes a plan of it without running it."""
        return self.node in _PLANNED


def single_statement(sql: str) -> SingleStatement | str:
    """Return what the one statement of a text is, or why it cannot be told.

    The text is read exactly as a server would read it, without the repairs that logs need:
    what passes here can be sent behind EXPLAIN and is nothing but one statement.
    """
    # The parser is a C program, for which a NUL ends the text.
    if "\0" in sql:
        return "the text holds a NUL"
    if len(sql) > LONGEST_PARSED:
        return f"the text is longer than {LONGEST_PARSED} characters"
    try:
        document: Json = json.loads(pglast.parser.parse_sql_json(sql))
    except pglast.parser.ParseError as error:
        return str(error.args[0])
    except (UnicodeEncodeError, ValueError, RecursionError):
        return "the text is not SQL"
    statements = nodes(document, "stmts") if isinstance(document, dict) else ()
    if len(statements) != 1:
        return f"the text holds {len(statements)} statements, not one"
    return _described(node(statements[0], "stmt"))


def _described(statement: Node) -> SingleStatement:
    return SingleStatement(node=unwrap(statement)[0], parameters=_highest_parameter(statement))


def _highest_parameter(root: Json) -> int:
    """Return the highest `$n` below a node, subqueries included."""
    highest = 0
    stack: list[Json] = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, dict):
            stack.extend(value.values())
            if _PARAMETER in value:
                number = node(value, _PARAMETER).get("number", 0)
                highest = max(highest, number if isinstance(number, int) else 0)
    return highest
