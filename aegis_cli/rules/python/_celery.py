"""Recognize the tasks of Celery by their decorators."""

import ast
from collections.abc import Mapping

from aegis_cli.codebase.context import Context

_SHARED = frozenset(("celery.shared_task", "celery.task", "celery.decorators.task"))
_APPLICATION = "celery.Celery."


def celery_decorator(node: ast.AST, context: Context) -> ast.expr | None:
    """Return the decorator that makes a function a task; None where it is none."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return next((each for each in node.decorator_list if _makes_task(each, context)), None)


def is_celery_task(node: ast.AST, context: Context) -> bool:
    """Tell whether a function is a task."""
    return celery_decorator(node, context) is not None


def keywords(decorator: ast.expr) -> Mapping[str, ast.expr]:
    """Return what a decorator is given by name; nothing where it is not called."""
    if not isinstance(decorator, ast.Call):
        return {}
    return {each.arg: each.value for each in decorator.keywords if each.arg is not None}


def _makes_task(decorator: ast.expr, context: Context) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = context.qualified(function)
    if name in _SHARED:
        return True
    is_task = name.rpartition(".")[2] == "task"
    # The application usually stands in another module: `from shop.celery import app`.
    return is_task and (name.startswith(_APPLICATION) or ".celery." in name or "_celery." in name)
