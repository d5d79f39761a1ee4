"""What a first run calls for."""

from datetime import UTC, datetime
from pathlib import Path

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.engine_results import Engine
from aegis_cli.model.facts.hot_spots import FunctionTime
from aegis_cli.model.facts.memory import ResidentMemory
from aegis_cli.model.facts.samples import CodeFunction, SampledTime
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.report import Report, Section, Skipped
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.usecases.profile.engines import EngineRequest
from aegis_cli.usecases.profile.passes import (
    LEAST_GROWTH_BYTES,
    LEAST_SHARE,
    MAX_FUNCTIONS,
    HottestFunctions,
    MemoryGrowth,
    Pass,
    called_for,
    merged,
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


def _report(*sections: str, found: str = "", skipped: str = "", partial: bool = False) -> Report:
    return Report(
        command="profile",
        inputs=("python app.py",),
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        elapsed_s=2.0,
        findings=(_finding(found),) if found else (),
        sections=tuple(Section(id=each, title=Text.same(each)) for each in sections),
        skipped=(
            (Skipped(subject=skipped, reason=Text.same("r"), hint=Text.same("h")),)
            if skipped
            else ()
        ),
        partial=partial,
    )


def _finding(identity: str) -> Finding:
    rule = Rule(
        code="AEG9999",
        name="planted",
        section="9.9",
        title=Text.same("Planted"),
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        since="0.1.0",
    )
    return Finding(
        rule=rule,
        message=Text.same(identity),
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        identity=identity,
        locations=(),
        evidence=(),
        impact=Impact(basis=Basis.MEASURED),
        fix=Fix(summary=Text.same("fix"), kind=FixKind.ADVICE, text="", recheck=""),
    )


def _passes(*reports: Report) -> list[Pass]:
    engines = (Engine.AUTO, Engine.LINE, Engine.TRACEMALLOC)
    functions = (("/srv/app.py", "f"), ("/srv/app.py", "g"))
    return [
        Pass(
            request=EngineRequest(
                engine=engine, functions=functions if engine is Engine.LINE else ()
            ),
            report=report,
            status=status,
        )
        for status, (engine, report) in enumerate(zip(engines, reports, strict=False))
    ]


def test_the_report_of_several_runs_is_the_first_with_the_tables_of_the_others() -> None:
    first = _report("hot-functions", "run", "processes")
    second = _report("lines", "run", "processes")

    report = merged(_passes(first, second))

    ids = [each.id for each in report.sections]
    assert ids == ["lines", "hot-functions", "run", "processes", "passes"]
    assert report.elapsed_s == 4.0
    assert (report.inputs, report.started_at) == (first.inputs, first.started_at)


def test_every_run_is_listed_with_how_it_ended() -> None:
    report = merged(_passes(_report(), _report(), _report()))

    (section,) = report.sections
    assert section.rows == (
        ("auto", 2000.0, 0, None),
        ("line", 2000.0, 1, "f, g"),
        ("tracemalloc", 2000.0, 2, None),
    )
    assert [each.value for each in section.data] == [3]


def test_what_two_runs_find_is_found_once() -> None:
    report = merged(_passes(_report(found="a"), _report(found="a"), _report(found="b")))

    assert [each.identity for each in report.findings] == ["a", "b"]


def test_what_one_run_lacks_the_report_lacks() -> None:
    runs = (_report(skipped="x"), _report(skipped="x"), _report(skipped="y", partial=True))

    report = merged(_passes(*runs))

    assert [each.subject for each in report.skipped] == ["x", "y"]
    assert report.partial
    assert not merged(_passes(*runs[:2])).partial
