"""Chosen functions are decorated where they are defined, and nothing else changes."""

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aegis_cli.profiling.probe.decorating import Decorating, Wanted

SOURCE = b"""
def outer():
    def inner():
        return 1
    return inner()

def twice(function):
    return lambda: function() * 2

@twice
def decorated():
    return 3

class Cart:
    @property
    def total(self):
        return 5

    @staticmethod
    def tax():
        return 6

    class Item:
        def price(self):
            return 7

async def ship():
    return 8

if True:
    def chosen():
        return 9
else:
    def chosen():
        return 10
"""


class Watching:
    """Decorates by noting the qualified names of what is called."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def decorate(self, function: Callable[..., object]) -> Callable[..., object]:
        """Return a function that notes its call."""

        def noted(*words: object) -> object:
            self.called.append(function.__qualname__)
            return function(*words)

        return noted


def _run(*names: str) -> tuple[dict[str, Any], list[str], set[tuple[str, str]]]:
    watching, wanted = Watching(), Wanted([("app", name) for name in names])
    decorating = Decorating(wanted, watching.decorate)
    code = decorating.compiled(SOURCE, "app.py", wanted.of("app", None))
    space: dict[str, Any] = {"__name__": "app"}
    exec(code or compile(SOURCE, "app.py", "exec"), space)  # noqa: S102  # a text of ours
    return space, watching.called, wanted.found


def test_a_function_of_the_module_is_decorated() -> None:
    space, called, found = _run("outer")

    assert space["outer"]() == 1
    assert called == ["outer"]
    assert found == {("app", "outer")}


@pytest.mark.parametrize("name", ["outer.<locals>.inner", "outer.inner"])
def test_a_function_inside_of_another_is_decorated(name: str) -> None:
    space, called, found = _run(name)

    assert space["outer"]() == 1
    assert called == ["outer.<locals>.inner"]
    assert found == {("app", name)}


def test_the_decorator_comes_below_those_of_the_program() -> None:
    space, called, _ = _run("decorated")

    assert space["decorated"]() == 6
    assert called == ["decorated"]


def test_a_class_stands_for_its_own_methods() -> None:
    space, called, _ = _run("Cart")
    cart = space["Cart"]

    assert (cart().total, cart.tax(), cart.Item().price()) == (5, 6, 7)
    assert called == ["Cart.total", "Cart.tax"]


def test_a_coroutine_function_is_decorated() -> None:
    space, called, _ = _run("ship")

    assert asyncio.run(space["ship"]()) == 8
    assert called == ["ship"]


def test_every_definition_of_a_name_is_decorated() -> None:
    space, called, _ = _run("chosen")

    assert space["chosen"]() == 9
    assert called == ["chosen"]


def test_lines_stay_as_they_are() -> None:
    space, _, _ = _run("outer", "Cart")
    plain: dict[str, Any] = {"__name__": "app"}
    exec(compile(SOURCE, "app.py", "exec"), plain)  # noqa: S102  # a text of ours

    noted = space["outer"].__closure__
    (function,) = (each.cell_contents for each in noted if hasattr(each.cell_contents, "__code__"))
    assert list(function.__code__.co_lines()) == list(plain["outer"].__code__.co_lines())


@pytest.mark.parametrize("source", [b"def f(:\n", b"x = 1\n", b"\xff\n"])
def test_what_has_no_such_function_is_left_to_the_interpreter(source: bytes) -> None:
    wanted = Wanted([("app", "f")])

    code = Decorating(wanted, Watching().decorate).compiled(source, "a", wanted.of("app", None))

    assert code is None
    assert wanted.found == set()


def test_a_script_is_known_as_main_and_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_bytes(b"def f():\n    return 1\nf()\n")
    for place in ("__main__", str(path)):
        watching, wanted = Watching(), Wanted([(place, "f")])
        code = compile(path.read_bytes(), str(path), "exec")

        prepared = Decorating(wanted, watching.decorate).prepare(code)
        exec(prepared, {})  # noqa: S102  # see above

        assert watching.called == ["f"]
        assert wanted.found == {(place, "f")}


def test_code_without_a_file_runs_as_it_is() -> None:
    code = compile("def f(): pass", "<string>", "exec")

    assert Decorating(Wanted([("__main__", "f")]), Watching().decorate).prepare(code) is code


@pytest.fixture
def importable(tmp_path: Path) -> Iterator[str]:
    """Return the name of a module that can be imported, once."""
    name = "module_to_be_decorated"
    (tmp_path / f"{name}.py").write_text("def f():\n    return 1\ndef g():\n    return 2\n")
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    yield name
    sys.path.remove(str(tmp_path))
    sys.modules.pop(name, None)


@pytest.mark.parametrize("by_path", [False, True])
def test_a_module_is_met_when_it_is_imported(
    importable: str, tmp_path: Path, *, by_path: bool
) -> None:
    place = str(tmp_path / f"{importable}.py") if by_path else importable
    watching, wanted = Watching(), Wanted([(place, "f")])
    decorating = Decorating(wanted, watching.decorate)

    decorating.start()
    try:
        module = importlib.import_module(importable)
    finally:
        decorating.stop()

    assert (module.f(), module.g()) == (1, 2)
    assert watching.called == ["f"]
    assert module.__file__ == str(tmp_path / f"{importable}.py")
    assert decorating not in sys.meta_path
