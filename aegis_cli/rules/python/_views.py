"""Recognize the functions that answer HTTP requests."""

import ast

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.scopes import ClassScope, FunctionScope

_METHODS = frozenset(("get", "post", "put", "patch", "delete", "list", "retrieve", "create"))
_ROUTES = frozenset(("get", "post", "put", "patch", "delete", "route", "api_view", "action"))


def is_view(scope: FunctionScope, context: Context) -> bool:
    """Tell whether a function answers requests: by decorator, by class, or by its parameters."""
    node = scope.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    if any(_is_route(each, context) for each in node.decorator_list):
        return True
    names = [each.arg for each in node.args.args]
    if isinstance(scope.parent, ClassScope):
        return node.name in _METHODS and names[1:2] == ["request"]
    return names[:1] == ["request"]


def _is_route(decorator: ast.expr, context: Context) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = context.text(function).rpartition(".")[2]
    # `@app.get("/orders")` is called with a path; `@cache.get` would not be a decorator.
    return name in _ROUTES and isinstance(decorator, ast.Call)
