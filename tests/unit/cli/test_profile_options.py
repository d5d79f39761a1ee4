"""Options of `aegis profile` that would mean nothing, or two things, are refused."""

from pathlib import Path

import pytest

from aegis_cli.cli._profile_options import (
    EngineOptions,
    check_attach_options,
    check_engine_options,
    functions_of,
)
from aegis_cli.model.errors import UsageError
from aegis_cli.model.facts.engine_results import Clock, Engine


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (EngineOptions(engine=Engine.LINE), "--engine line: watches the functions"),
        (EngineOptions(function=["f"]), "--function: is for --engine line or --engine memory"),
        (EngineOptions(pstats=Path("f")), "--pstats: is for --engine cprofile or --engine yappi"),
        (EngineOptions(clock=Clock.CPU), "--clock: is for --engine yappi"),
        (EngineOptions(engine=Engine.SAMPLE, passes=True), "--passes: is not for --engine sample"),
        (EngineOptions(engine=Engine.LINE, greenlets=True), "--greenlets: is for --engine yappi"),
    ],
)
def test_an_option_that_the_engine_does_not_heed_is_refused(
    options: EngineOptions, told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        check_engine_options(options)

    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    "options",
    [
        EngineOptions(),
        EngineOptions(engine=Engine.LINE, function=["f"]),
        EngineOptions(engine=Engine.MEMORY, function=["f"]),
        EngineOptions(engine=Engine.YAPPI, clock=Clock.WALL, greenlets=True, pstats=Path("f")),
        EngineOptions(engine=Engine.CPROFILE, pstats=Path("f")),
    ],
)
def test_options_that_the_engine_heeds_are_taken(options: EngineOptions) -> None:
    check_engine_options(options)


@pytest.mark.parametrize(
    ("options", "program", "told"),
    [
        (EngineOptions(pid=7), ["app.py"], "--pid 7: a program is named as well"),
        (EngineOptions(dump=True), ["app.py"], "--dump: is for --pid"),
        (EngineOptions(duration=2.0), [], "--duration: is for --pid"),
        (EngineOptions(pid=7, dump=True, duration=2.0), [], "--duration: is not for --dump"),
        (EngineOptions(pid=7, passes=True), [], "--passes: is not for --pid"),
        (EngineOptions(pid=7, engine=Engine.YAPPI), [], "--engine yappi: is not for --pid"),
    ],
)
def test_a_program_and_a_process_are_not_both_looked_at(
    options: EngineOptions, program: list[str], told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        check_attach_options(options, program)

    assert str(caught.value).startswith(told)


@pytest.mark.parametrize("options", [EngineOptions(pid=7), EngineOptions(pid=7, dump=True)])
def test_a_process_alone_is_looked_at(options: EngineOptions) -> None:
    check_attach_options(options, [])


@pytest.mark.parametrize(
    ("word", "place", "name"),
    [
        ("shop.cart:Cart.total", "shop.cart", "Cart.total"),
        ("main", "__main__", "main"),
        ("a:outer.<locals>.inner", "a", "outer.<locals>.inner"),
        ("/srv/app.py:main", "/srv/app.py", "main"),
    ],
)
def test_a_function_is_named_by_module_or_file(word: str, place: str, name: str) -> None:
    assert functions_of([word]) == ((place, name),)


def test_a_relative_file_is_meant_from_here() -> None:
    assert functions_of(["app.py:f"]) == ((str(Path.cwd() / "app.py"), "f"),)


@pytest.mark.parametrize("word", ["", "a b", "shop:", "shop:1x", "shop:f()"])
def test_what_names_no_function_is_refused(word: str) -> None:
    with pytest.raises(UsageError):
        functions_of([word])
