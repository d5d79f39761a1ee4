"""Read from the source of a module where entries of a container are added and removed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_ADDING = frozenset(
    {"append", "appendleft", "add", "setdefault", "update", "extend", "extendleft", "insert"}
)
_REMOVING = frozenset(
    {"pop", "popitem", "popleft", "clear", "remove", "discard", "difference_update", "move_to_end"}
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """A line that adds entries; `function` is empty for the body of the module or a class."""

    line: int
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerUse:
    """What a module does with one of its containers."""

    adds: tuple[Adding, ...]
    is_removed_from: bool

    @property
    def best(self) -> Adding | None:
        """Return the first line that adds within a function, else the first that adds."""
        inside = [each for each in self.adds if each.function]
        return next(iter(inside or self.adds), None)


def container_use(tree: ast.Module, name: str) -> ContainerUse:
    """Return the uses of a container, named as it is reached from its module.

    Of `Registry.seen` only the attribute counts: `self.seen` and `cls.seen` are the same.
    """
    adds: list[Adding] = []
    is_removed_from = False
    target = name.rpartition(".")[2]
    is_attribute = "." in name
    for node, function in _nodes(tree, ""):
        if _adds(node, target, is_attribute=is_attribute):
            adds.append(Adding(line=_line(node), function=function))
        elif _removes(node, target, function, is_attribute=is_attribute):
            is_removed_from = True
    return ContainerUse(adds=tuple(adds), is_removed_from=is_removed_from)


def _nodes(node: ast.AST, function: str) -> Iterator[tuple[ast.AST, str]]:
    """Yield all nodes with the qualified name of the function that they are in."""
    for child in ast.iter_child_nodes(node):
        yield child, function
        inner = function
        if isinstance(child, _FUNCTIONS):
            own = "<lambda>" if isinstance(child, ast.Lambda) else child.name
            inner = f"{function}.<locals>.{own}" if function else own
        yield from _nodes(child, inner)


def _is_it(node: ast.AST, target: str, *, is_attribute: bool) -> bool:
    if is_attribute:
        return isinstance(node, ast.Attribute) and node.attr == target
    return isinstance(node, ast.Name) and node.id == target


def _adds(node: ast.AST, target: str, *, is_attribute: bool) -> bool:
    match node:
        case ast.Subscript(value=value, ctx=ast.Store()):
            return _is_it(value, target, is_attribute=is_attribute)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _ADDING:
            return _is_it(value, target, is_attribute=is_attribute)
        case ast.AugAssign(target=value, op=ast.Add() | ast.BitOr()):
            return _is_it(value, target, is_attribute=is_attribute)
    return False


def _removes(node: ast.AST, target: str, function: str, *, is_attribute: bool) -> bool:
    match node:
        case ast.Subscript(value=value, ctx=ast.Del()):
            return _is_it(value, target, is_attribute=is_attribute)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _REMOVING:
            return _is_it(value, target, is_attribute=is_attribute)
        case ast.Assign(targets=targets) if function and not function.endswith("__init__"):
            return any(_is_it(each, target, is_attribute=is_attribute) for each in targets)
    return False


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)
