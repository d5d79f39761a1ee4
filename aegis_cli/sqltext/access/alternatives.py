"""Take what all alternatives of an OR demand out of it, as PostgreSQL's planner does."""

import json

from aegis_cli.sqltext.tree import Json, Node, nodes, text, unwrap

_MOST_ARMS = 50
_PLACES = frozenset(("location", "rexpr_list_start", "rexpr_list_end", "list_start", "list_end"))


def shared_and_rest(alternatives: tuple[Node, ...]) -> tuple[list[Node], list[Node]]:
    """Return the conditions that every alternative has, and those that only some have.

    `(a AND b) OR (a AND c)` is `a AND (b OR c)`.
    """
    arms = [_conjuncts(each) for each in alternatives]
    if len(arms) > _MOST_ARMS or all(len(each) == 1 for each in arms):
        return [], list(alternatives)
    keyed = [{_key(each): each for each in arm} for arm in arms]
    shared = set(keyed[0]).intersection(*keyed[1:])
    rest = [each for arm in keyed for key, each in arm.items() if key not in shared]
    return [each for key, each in keyed[0].items() if key in shared], rest


def _conjuncts(alternative: Node) -> list[Node]:
    found, stack = [], [alternative]
    while stack:
        each = stack.pop()
        kind, body = unwrap(each)
        if kind == "BoolExpr" and text(body, "boolop") == "AND_EXPR":
            stack += reversed(nodes(body, "args"))
        else:
            found.append(each)
    return found


def _key(expression: Node) -> str:
    return json.dumps(_without_places(expression), sort_keys=True)


def _without_places(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_places(each) for key, each in value.items() if key not in _PLACES}
    return [*map(_without_places, value)] if isinstance(value, list) else value
