"""Build a function of asyncio's event loop anew, with a clock in it.

The new function has the source, the file and the line numbers of the old one and takes its place:
a traceback or a stack that the program prints is the same as without us, and no call is added.
"""

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FunctionType
    from typing import Any

_MAKE = "def make({names}):\n    return {name}"
_LONGEST = 200
"""Lines that a function of the event loop has at most."""


class UnknownSource(Exception):
    """The function is not written as we know it."""


def timed(
    function: "FunctionType", given: "Mapping[str, object]"
) -> "tuple[Callable[..., Any], int]":
    """Return the function with a clock in it, and the line on which it waits for events.

    `given` holds `clock`, `marks` and `slow`, see `loop_watch`.

    Raises:
        UnknownSource: The function waits nowhere, or at several places.
    """
    definition = _definition(function)
    line = _time(definition)
    tree = ast.parse(_MAKE.format(names=", ".join(given), name=definition.name))
    make = tree.body[0]
    assert isinstance(make, ast.FunctionDef)
    make.body.insert(0, definition)
    names: dict[str, Any] = {}
    code = compile(tree, function.__code__.co_filename, "exec")
    exec(code, function.__globals__, names)  # noqa: S102  # the source of the standard library
    built = names["make"](**given)
    built.__code__ = built.__code__.replace(co_qualname=function.__qualname__)
    built.__qualname__ = function.__qualname__
    built.__module__ = function.__module__
    return built, line


def _definition(function: "FunctionType") -> ast.FunctionDef:
    """Parse the source of a method at its own place in the file."""
    first = function.__code__.co_firstlineno
    with open(function.__code__.co_filename, encoding="utf-8") as file:  # noqa: PTH123  # start-up
        lines = file.readlines()[first - 1 : first - 1 + _LONGEST]
    length = next(
        (at for at, line in enumerate(lines) if at and line.startswith(("    def ", "class "))),
        len(lines),
    )
    tree = ast.parse("class _:\n" + "".join(lines[:length]))
    ast.increment_lineno(tree, first - 2)
    outer = tree.body[0]
    assert isinstance(outer, ast.ClassDef)
    found = outer.body[0]
    if not isinstance(found, ast.FunctionDef) or found.name != function.__name__:
        raise UnknownSource(function.__qualname__)
    return found


def _time(definition: ast.FunctionDef) -> int:
    """Note the time behind the wait for events, and where the function ends, tell what was seen."""
    places = [at for at, each in enumerate(definition.body) if _waits(each)]
    if len(places) != 1:
        raise UnknownSource(definition.name)
    (place,) = places
    waiting, last = definition.body[place], definition.body[-1]
    began = ast.parse("_mark = marks[self._thread_id]; _mark.began = clock()").body
    ended = ast.parse("if _mark.looks is not None: slow(self._thread_id, _mark.began)").body
    for each in began:
        _put_at(each, waiting)
    for each in ended:
        _put_at(each, last)
    definition.body[place + 1 : place + 1] = began
    definition.body += ended
    return waiting.lineno


def _waits(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Attribute)
        and statement.value.func.attr == "select"
    )


def _put_at(node: ast.AST, place: ast.stmt) -> None:
    for each in ast.walk(node):
        if hasattr(each, "lineno"):
            ast.copy_location(each, place)
