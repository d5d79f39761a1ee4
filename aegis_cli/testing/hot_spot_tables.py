"""Turn the tables of a TOML case about sampled time into facts."""

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.hot_spots import Callee, FunctionTime, LineTime
from aegis_cli.model.facts.samples import (
    CodeFunction,
    SampledTime,
)
from aegis_cli.testing.table import Table

_US_PER_MS = 1000
_US_PER_LOOK = 5000


def function_time(table: Table) -> FunctionTime:
    """Build the time of a function; all of it is in its own lines unless `self_ms` says less."""
    cpu_ms = table.number("cpu_ms", 1000.0)
    return FunctionTime(
        function=_function(table),
        self_time=_time(table.number("self_ms", cpu_ms)),
        charged_time=_time(cpu_ms),
        total_time=_time(table.number("total_ms", cpu_ms)),
        cpu_share=table.number("share", 0.5),
        hottest_line=table.whole("hottest_line", 12),
        hottest_line_share=table.number("hottest_line_share", 0.2),
    )


def line_time(table: Table) -> LineTime:
    """Build the time of a line: line `line` of the text `code`, which is the whole function."""
    code = table.optional_text("code") or ""
    line = table.whole("line", 1)
    lines = code.splitlines()
    return LineTime(
        function=_function(table),
        line=line,
        charged_time=_time(table.number("cpu_ms", 1000.0)),
        cpu_share=table.number("share", 0.3),
        callees=tuple(_callee(each) for each in table.tables("callees")),
        source=lines[line - 1].strip() if lines else "",
        function_source=code,
        line_in_function=line,
    )


def _function(table: Table) -> CodeFunction:
    return CodeFunction(
        path=table.optional_text("path") or "app.py",
        name=table.optional_text("function") or "work",
        first_line=1,
        origin=CodeOrigin(table.optional_text("origin") or "user"),
    )


def _callee(table: Table) -> Callee:
    callee = Callee(
        name=table.text("name"), cpu_us=round(table.number("cpu_ms", 900.0) * _US_PER_MS)
    )
    table.finish()
    return callee


def _time(cpu_ms: float) -> SampledTime:
    cpu_us = round(cpu_ms * _US_PER_MS)
    return SampledTime(looks=max(1, cpu_us // _US_PER_LOOK), wall_us=cpu_us, cpu_us=cpu_us)
