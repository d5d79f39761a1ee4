"""Where a module adds to and takes from a container is read from its source."""

import ast

import pytest

from aegis_cli.profiling.analysis.container_uses import Adding, ContainerUse, container_use

ADDING = (
    "CACHE[key] = 1",
    "CACHE.append(1)",
    "CACHE.add(1)",
    "CACHE.setdefault(key, 1)",
    "CACHE.update(more)",
    "CACHE += [1]",
    "CACHE |= more",
)
REMOVING = (
    "del CACHE[key]",
    "CACHE.pop(key)",
    "CACHE.popitem()",
    "CACHE.clear()",
    "CACHE.discard(key)",
    "CACHE.popleft()",
    "CACHE = {}",
)


def use(source: str, name: str = "CACHE") -> ContainerUse:
    """Return the uses of a container in a module."""
    return container_use(ast.parse(source), name)


@pytest.mark.parametrize("statement", ADDING)
def test_finds_every_way_to_add(statement: str) -> None:
    found = use(f"def serve(key):\n    {statement}\n")

    assert found == ContainerUse(adds=(Adding(line=2, function="serve"),), is_removed_from=False)


@pytest.mark.parametrize("statement", REMOVING)
def test_finds_every_way_to_remove(statement: str) -> None:
    found = use(f"def serve(key):\n    {statement}\n")

    assert found.is_removed_from


def test_the_first_binding_of_a_module_removes_nothing() -> None:
    assert not use("CACHE = {}\n").is_removed_from


def test_other_names_are_other_containers() -> None:
    assert use("def serve(key):\n    OTHER[key] = 1\n    OTHER.clear()\n").adds == ()


def test_of_an_attribute_only_the_last_name_counts() -> None:
    source = "class Registry:\n    def add(self, key):\n        self.seen.add(key)\n"

    found = use(source, "Registry.seen")

    assert found.best == Adding(line=3, function="add")


def test_an_attribute_set_up_by_its_object_is_not_emptied() -> None:
    source = "class A:\n    def __init__(self):\n        self.data = {}\n"

    assert not use(source, "A.data").is_removed_from


def test_a_line_within_a_function_is_better_than_one_of_the_module() -> None:
    source = "CACHE['first'] = 1\ndef serve(key):\n    CACHE[key] = 2\n"

    assert use(source).best == Adding(line=3, function="serve")


def test_without_any_addition_there_is_no_line() -> None:
    assert use("print(CACHE)").best is None
