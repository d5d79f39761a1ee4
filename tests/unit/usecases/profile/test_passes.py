"""What a first run calls for."""

from pathlib import Path

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.engine_results import Engine
from aegis_cli.model.facts.hot_spots import FunctionTime
from aegis_cli.model.facts.memory import ResidentMemory
from aegis_cli.model.facts.samples import CodeFunction, SampledTime
from aegis_cli.usecases.profile.passes import (
    LEAST_GROWTH_BYTES,
    LEAST_SHARE,
    MAX_FUNCTIONS,
    HottestFunctions,
    MemoryGrowth,
    called_for,
)

FOLDER = Path("/srv")


def _function(
    name: str, *, share: float = 0.5, path: str = "app.py", origin: CodeOrigin = CodeOrigin.USER
) -> FunctionTime:
    time = SampledTime(looks=1, wall_us=1, cpu_us=1)
    return FunctionTime(
        function=CodeFunction(path=path, name=name, first_line=1, origin=origin),
        self_time=time,
        charged_time=time,
        total_time=time,
        cpu_share=share,
        hottest_line=2,
        hottest_line_share=1.0,
    )


def _chosen(*facts: FunctionTime) -> tuple[tuple[str, str], ...]:
    hottest = HottestFunctions(FOLDER)
    for fact in facts:
        hottest.observe(fact)
    assert list(hottest.finish()) == []
    return hottest.chosen


def test_the_programs_own_hot_functions_are_watched() -> None:
    chosen = _chosen(
        _function("Cart.total"),
        _function("loads", path="/usr/lib/python3/json/__init__.py", origin=CodeOrigin.STANDARD),
        _function("<module>"),
        _function("f", path="<string>"),
        _function("main", path="/opt/other.py"),
    )

    assert chosen == (("/srv/app.py", "Cart.total"), ("/opt/other.py", "main"))


def test_a_share_decides_who_is_hot() -> None:
    chosen = _chosen(_function("a", share=LEAST_SHARE), _function("b", share=LEAST_SHARE * 0.99))

    assert chosen == (("/srv/app.py", "a"),)


def test_for_a_comprehension_the_function_around_it_is_watched() -> None:
    chosen = _chosen(
        _function("total.<locals>.<genexpr>"),
        _function("total"),
        _function("a.<locals>.b.<locals>.<lambda>.<locals>.<listcomp>"),
        _function("<listcomp>"),
    )

    assert chosen == (("/srv/app.py", "total"), ("/srv/app.py", "a.<locals>.b"))


def test_no_more_functions_are_watched_than_are_worth_it() -> None:
    assert len(_chosen(*(_function(f"f{n}") for n in range(20)))) == MAX_FUNCTIONS


def test_the_process_that_grew_the_most_counts() -> None:
    growth = MemoryGrowth()
    for last in (70, 90, 20):
        growth.observe(ResidentMemory(pid=last, points=((0.1, 10), (0.2, 99), (0.3, last))))

    assert growth.bytes == 80
    assert list(growth.finish()) == []


def test_hot_functions_call_for_lines_and_growth_for_allocations() -> None:
    function = (("/srv/app.py", "f"),)

    both = [each.engine for each in called_for(function, LEAST_GROWTH_BYTES)]
    lines = [each.engine for each in called_for(function, LEAST_GROWTH_BYTES - 1)]

    assert both == [Engine.LINE, Engine.TRACEMALLOC]
    assert lines == [Engine.LINE]
    assert list(called_for((), 0)) == []
