"""Statements in loops that copy all that was built so far to add a little: found by their form."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.facts.hot_spots import LineTime

_CONCATENATING = frozenset({"append", "concatenate", "concat", "vstack", "hstack"})


class Built(StrEnum):
    """What is built."""

    LIST = "list"
    TUPLE = "tuple"
    TEXT = "str"
    BYTES = "bytes"
    DICT = "dict"
    ARRAY = "array"


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A statement that copies what it adds to."""

    name: str
    what: Built
    statement: str
    line_in_function: int


def building(fact: LineTime) -> Building | None:
    """Return the statement on a hot line, or within a loop whose head is the hot line."""
    try:
        function = ast.parse(fact.function_source)
    except (SyntaxError, ValueError, RecursionError):  # cut out of its context it may be no code
        return None
    kinds = dict(_kinds(function))
    for loop in ast.walk(function):
        if isinstance(loop, ast.For | ast.AsyncFor | ast.While):
            for each in _statements(loop):
                if fact.line_in_function in {each.lineno, loop.lineno}:
                    found = _building(each, kinds)
                    if found is not None:
                        return found
    return None


def _statements(loop: ast.For | ast.AsyncFor | ast.While) -> Iterator[ast.Assign | ast.AugAssign]:
    """Yield the assignments of a loop that run in each of its rounds, not in an inner function."""
    waiting: list[ast.AST] = list(loop.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Assign | ast.AugAssign):
            yield node
        waiting += ast.iter_child_nodes(node)


def _kinds(function: ast.Module) -> Iterator[tuple[str, Built]]:
    """Yield the names that start out as an empty list, text and so on."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[target], value=value):
                kind = _kind(value)
                if kind is not None:
                    yield ast.unparse(target), kind


def _kind(value: ast.expr) -> Built | None:
    match value:
        case ast.List() | ast.ListComp() | ast.Call(func=ast.Name(id="list" | "sorted")):
            return Built.LIST
        case ast.Tuple() | ast.Call(func=ast.Name(id="tuple")):
            return Built.TUPLE
        case ast.JoinedStr() | ast.Constant(value=str()) | ast.Call(func=ast.Name(id="str")):
            return Built.TEXT
        case ast.Constant(value=bytes()) | ast.Call(func=ast.Name(id="bytes")):
            return Built.BYTES
    return None


def _building(node: ast.Assign | ast.AugAssign, kinds: dict[str, Built]) -> Building | None:
    match node:
        case ast.AugAssign(target=target, op=ast.Add(), value=value):
            what = _grown_in_place(target, value, kinds)
        case ast.Assign(targets=[target], value=value):
            what = _grown_anew(ast.unparse(target), value, kinds)
        case _:
            return None
    if what is None:
        return None
    return Building(
        name=ast.unparse(target),
        what=what,
        statement=ast.unparse(node),
        line_in_function=node.lineno,
    )


def _grown_in_place(target: ast.expr, value: ast.expr, kinds: dict[str, Built]) -> Built | None:
    """Return what `+=` copies: a list grows where it is, and so does the text of a local name."""
    kind = kinds.get(ast.unparse(target)) or _kind(value)
    if kind in {Built.BYTES, Built.TUPLE}:
        return kind
    return kind if kind is Built.TEXT and not isinstance(target, ast.Name) else None


def _grown_anew(name: str, value: ast.expr, kinds: dict[str, Built]) -> Built | None:
    match value:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            is_first, is_second = ast.unparse(left) == name, ast.unparse(right) == name
            kind = kinds.get(name) or _kind(right if is_first else left)
            # `text = text + more` grows a local text where it is; `more + text` moves it.
            is_in_place = kind is Built.TEXT and is_first and name.isidentifier()
            return kind if (is_first or is_second) and not is_in_place else None
        case ast.List(elts=[ast.Starred(value=start), *_]) if ast.unparse(start) == name:
            return Built.LIST
        case ast.Dict(keys=[None, *_], values=[start, *_]) if ast.unparse(start) == name:
            return Built.DICT
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "numpy" | "pd"), attr=attr)):
            is_used = any(
                isinstance(each, ast.Name) and each.id == name for each in ast.walk(value)
            )
            return Built.ARRAY if attr in _CONCATENATING and is_used else None
    return None
