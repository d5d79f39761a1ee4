"""The part of the report that says which line of code sent which statement how often."""

from collections.abc import Iterable

from aegis_cli.engine.detector import Collector
from aegis_cli.model.facts.captured_queries import CallSiteUse, UnitUse
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Section, titled_column
from aegis_cli.model.text import Text

SECTION = "statements-by-call-site"
UNIT_SECTION = "units-of-work"
_US_PER_MS = 1000
_MAX_ROWS = 1000


class CallSiteTable(Collector[CallSiteUse]):
    """Lists call sites with their statements, in the order in which facts come."""

    consumes = CallSiteUse

    def __init__(self) -> None:
        """Start without rows."""
        self._rows: list[tuple[Cell, ...]] = []

    def observe(self, fact: CallSiteUse) -> None:
        """Add what one line did with one statement, as long as there is room."""
        if len(self._rows) < _MAX_ROWS:
            self._rows.append(_row(fact))

    def finish(self) -> Iterable[Section]:
        """Yield the table, if the program sent any statement."""
        if not self._rows:
            return
        yield Section(
            id=SECTION,
            title=Text(en="Statements by call site", ko="호출 위치별 쿼리"),
            columns=_COLUMNS,
            rows=tuple(self._rows),
        )


class UnitTable(Collector[UnitUse]):
    """Lists units of work, such as requests, in the order in which facts come."""

    consumes = UnitUse

    def __init__(self) -> None:
        """Start without rows."""
        self._rows: list[tuple[Cell, ...]] = []

    def observe(self, fact: UnitUse) -> None:
        """Add a unit, as long as there is room."""
        if len(self._rows) < _MAX_ROWS:
            self._rows.append(_unit_row(fact))

    def finish(self) -> Iterable[Section]:
        """Yield the table, if anything in the program says where its units begin."""
        if not self._rows:
            return
        yield Section(
            id=UNIT_SECTION,
            title=Text(en="Units of work", ko="작업 단위"),
            columns=_UNIT_COLUMNS,
            rows=tuple(self._rows),
        )


_UNIT_COLUMNS = (
    titled_column("unit", "Unit", "단위"),
    titled_column("runs", "Runs", "실행"),
    titled_column("statements", "Statements", "쿼리 수", Unit.CALLS),
    titled_column("mean_statements", "Mean", "평균", Unit.CALLS),
    titled_column("max_statements", "Max", "최대", Unit.CALLS),
    titled_column("total_ms", "Total time", "합계 시간", Unit.MS),
    titled_column("max_ms", "Max time", "최대 시간", Unit.MS),
)


def _unit_row(fact: UnitUse) -> tuple[Cell, ...]:
    return (
        fact.name,
        fact.runs,
        fact.statements,
        fact.statements / fact.runs,
        fact.max_statements,
        fact.total_us / _US_PER_MS,
        fact.max_us / _US_PER_MS,
    )


_COLUMNS = (
    titled_column("call_site", "Call site", "호출 위치"),
    titled_column("function", "Function", "함수"),
    titled_column("statement", "Statement", "문장"),
    titled_column("calls", "Calls", "호출", Unit.CALLS),
    titled_column("total_ms", "Total", "합계", Unit.MS),
    titled_column("share", "Share", "비중", Unit.RATIO),
    titled_column("mean_ms", "Mean", "평균", Unit.MS),
    titled_column("max_ms", "Max", "최대", Unit.MS),
    titled_column("relationship", "Relationship", "관계"),
    titled_column("fingerprint", "Fingerprint", "지문"),
)


def _row(fact: CallSiteUse) -> tuple[Cell, ...]:
    code, relationship = fact.attribution.code, fact.attribution.relationship
    place = None
    if code is not None:
        place = code.path if code.line is None else f"{code.path}:{code.line}"
    return (
        place,
        code.function if code is not None else None,
        fact.statement.text,
        fact.calls,
        fact.total_us / _US_PER_MS,
        fact.share,
        fact.total_us / _US_PER_MS / fact.calls,
        fact.max_us / _US_PER_MS,
        str(relationship) if relationship is not None else None,
        fact.statement.fingerprint,
    )
