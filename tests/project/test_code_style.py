"""What the linters cannot express: docstrings, honest types, and three broad handlers."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.project.tree import PACKAGES, TESTS, functions, python_files, relative, syntax

BROAD_HANDLERS = {
    "aegis_cli/codebase/position.py": 1,
    "aegis_cli/engine/pipeline.py": 1,
    "aegis_cli/hooks/host.py": 1,
    "aegis_cli/cli/_boundary.py": 1,
    "aegis_cli/profiling/probe/driver_imports.py": 1,
    "aegis_cli/profiling/probe/as_main.py": 1,
    "aegis_cli/profiling/probe/injected/sitecustomize.py": 1,
    "aegis_cli/profiling/probe/recorder.py": 1,
    "aegis_cli/profiling/probe/sqlcapture.py": 1,
}
"""The engine isolates a detector, the walk over source a visitor, the host a plugin, and the
boundary reports a bug.

The probe runs inside somebody's program, into which no error of ours may come.
"""


def documented(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Return every public definition of a module that needs a docstring, by name."""
    if not path.name.startswith("_") or path.name == "__init__.py":
        yield path.name, syntax(path)
    yield from _public(syntax(path), "")


def _public(parent: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_") or _is_overload(node):
                continue
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, f"{node.name}.")


def _is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Tell whether a definition only lends its signature to another, which says what it does."""
    return any(ast.unparse(each) == "overload" for each in node.decorator_list)


def docstring(node: ast.AST) -> str:
    """Return the first line of a definition's docstring, or nothing."""
    assert isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return (ast.get_docstring(node) or "").partition("\n")[0]


def test_everything_public_has_a_docstring_that_is_a_sentence() -> None:
    found = [
        (relative(path), name)
        for path in python_files(*PACKAGES)
        for name, node in documented(path)
        if not docstring(node).endswith(".")
    ]

    assert found == []


def test_every_test_module_says_what_it_proves() -> None:
    found = [
        relative(path)
        for path in python_files(*TESTS)
        if not docstring(syntax(path)).endswith((".", ":"))
    ]

    assert found == []


def test_no_any_in_public_signatures_of_model_and_engine() -> None:
    found = [
        (each.path, each.name)
        for each in functions("aegis_cli/model", "aegis_cli/engine")
        if not each.name.startswith("_") and _mentions_any(each.node)
    ]

    assert found == []


def _mentions_any(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    annotations = [*(each.annotation for each in arguments), node.returns]
    names = [name for each in annotations if each is not None for name in ast.walk(each)]
    return any(isinstance(name, ast.Name) and name.id == "Any" for name in names)


def test_broad_handlers_exist_where_something_is_kept_apart_only() -> None:
    found = {
        relative(path): count
        for path in python_files(*PACKAGES)
        if (count := sum(_is_broad(node) for node in ast.walk(syntax(path))))
    }

    assert found == BROAD_HANDLERS


def _is_broad(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    return node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")


def test_tests_sleep_only_while_they_wait_for_a_condition() -> None:
    found = [
        relative(path)
        for path in python_files(*TESTS)
        if _sleeps(syntax(path)) > sum(_sleeps(loop) for loop in _outer_loops(syntax(path)))
    ]

    assert found == []


def _sleeps(tree: ast.AST) -> int:
    return sum(
        isinstance(node, ast.Attribute)
        and node.attr == "sleep"
        and isinstance(node.value, ast.Name)
        for node in ast.walk(tree)
    )


def _outer_loops(tree: ast.AST) -> Iterator[ast.While]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.While):
            yield node
        else:
            yield from _outer_loops(node)


def test_modules_are_named_after_the_field() -> None:
    refused = {"utils", "helpers", "common", "misc", "manager", "base2"}

    assert [
        relative(path) for path in python_files(*PACKAGES) if path.stem.strip("_") in refused
    ] == []
