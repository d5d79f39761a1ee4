"""Which names of a function are lists, as far as its text proves it."""

import ast
from collections.abc import Iterator

_MAKERS = frozenset({"list", "sorted"})


def list_names(function: ast.Module) -> frozenset[str]:
    """Return the names that are bound to lists and to nothing else."""
    lists: set[str] = set()
    others: set[str] = set()
    for name, value in _bindings(function):
        (lists if _is_list(value) else others).add(name)
    return frozenset(lists - others)


def _bindings(function: ast.Module) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield each name that is bound, with its value where one name gets one value."""
    plain: set[int] = set()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        plain.add(id(target))
                        yield target.id, value
            case ast.AnnAssign(target=ast.Name() as target, value=value):
                plain.add(id(target))
                yield target.id, value
            case ast.AugAssign(target=ast.Name() as target):
                plain.add(id(target))  # a list stays one
            case ast.arg(arg=name):
                yield name, None
            case ast.Name(id=name, ctx=ast.Store()) if id(node) not in plain:
                yield name, None


def _is_list(value: ast.expr | None) -> bool:
    match value:
        case ast.List() | ast.ListComp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _MAKERS
        case ast.BinOp(left=ast.List(), op=ast.Mult() | ast.Add()):
            return True
    return False
