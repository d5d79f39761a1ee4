"""Prove from its source that the rounds of a loop could wait for their answers together."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_IN_TURN = frozenset(
    {
        "acquire",
        "aclose",
        "close",
        "commit",
        "delete",
        "drain",
        "execute",
        "executemany",
        "fetch",
        "fetchall",
        "fetchmany",
        "fetchone",
        "fetchrow",
        "fetchval",
        "flush",
        "join",
        "merge",
        "put",
        "read",
        "readexactly",
        "readline",
        "readuntil",
        "receive",
        "recv",
        "refresh",
        "rollback",
        "save",
        "scalar",
        "scalars",
        "send",
        "sleep",
        "stream",
        "wait",
        "wait_closed",
        "write",
    }
)
"""Methods of one connection, stream, session or queue, which serves one at a time, or pauses."""
_PAUSING = frozenset({"sleep", "wait"})
_CHANGING = frozenset({"add", "append", "extend", "insert", "pop", "setdefault", "update"})
_LEAVING = (ast.Break, ast.Return, ast.Yield, ast.YieldFrom)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopOfAwaits:
    """What a loop goes through and awaits, as source."""

    target: str
    items: str
    call: str


def independent_loop(tree: ast.Module, line: int) -> LoopOfAwaits | None:
    """Return the loop around the one `await` of a line; None where its rounds may need each other.

    The loop is a `for` without `break` and `return`, or a comprehension. What is awaited depends
    on the loop's own names, and on none that an earlier round has set.
    """
    for loop, target, items, body in _loops(tree):
        awaits = [node for node in _inside(body) if isinstance(node, ast.Await)]
        here = [each for each in awaits if each.lineno <= line <= (each.end_lineno or 0)]
        if len(here) != 1 or len(awaits) != 1 or _leaves(loop, body):
            continue
        awaited = here[0].value
        if _is_independent(awaited, target, body):
            return LoopOfAwaits(
                target=ast.unparse(target), items=ast.unparse(items), call=ast.unparse(awaited)
            )
    return None


def _loops(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.expr, ast.expr, list[ast.AST]]]:
    """Yield loops with their names, what they go through, and what runs in each round."""
    for node in ast.walk(tree):
        match node:
            case ast.For(target=target, iter=items, body=body):
                yield node, target, items, list(body)
            case ast.ListComp(elt=elt, generators=[only]) if not only.is_async:
                yield node, only.target, only.iter, [elt, *only.ifs]
            case ast.DictComp(key=key, value=value, generators=[only]) if not only.is_async:
                yield node, only.target, only.iter, [key, value, *only.ifs]


def _inside(body: list[ast.AST]) -> Iterator[ast.AST]:
    """Yield what runs in a round: no inner functions, and no loops within the loop."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*_SCOPES, ast.For, ast.AsyncFor, ast.While)):
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def _leaves(loop: ast.AST, body: list[ast.AST]) -> bool:
    """Tell whether a round may be the last, or whether it hands results out one by one."""
    if isinstance(loop, ast.For) and loop.orelse:
        return True
    # A lock or a transaction around it serves one at a time.
    held = (*_LEAVING, ast.AsyncWith, ast.With, ast.Try)
    return any(isinstance(node, held) for node in _inside(body))


def _is_independent(awaited: ast.expr, target: ast.expr, body: list[ast.AST]) -> bool:
    if not isinstance(awaited, ast.Call) or _is_in_turn(awaited):
        return False
    own = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    names = _names(awaited, ast.Load)
    set_in_round = set[str]().union(*(_names(each, ast.Store) for each in body)) - own
    return bool(names & own) and not names & (set_in_round | _changed(body))


def _is_in_turn(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr=name):
            return name in _IN_TURN
        case ast.Name(id=name):
            return name in _PAUSING
    return True


def _names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, context)
    }


def _changed(body: list[ast.AST]) -> set[str]:
    """Return names of what carries something from one round to the next."""
    found: set[str] = set()
    for node in _inside(body):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)):
                found |= {name} if attr in _CHANGING else set()
    return found
