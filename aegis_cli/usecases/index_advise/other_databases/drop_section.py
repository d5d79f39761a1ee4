"""Tell what the plans became without each index, and keep those that are needed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aegis_cli.model.facts.index_advice import Advice, TableHealth
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Section, titled_column
from aegis_cli.model.text import Text
from aegis_cli.usecases.index_advise.other_databases.drop_tests import DropTest

_COLUMNS = (
    titled_column("index", "Index", "인덱스"),
    titled_column("table", "Table", "테이블"),
    titled_column("verdict", "Without it", "없을 때"),
    titled_column("statements", "Statements that use it", "쓰는 문장", Unit.COUNT),
    titled_column("worse", "Of these worse", "나빠진 문장", Unit.COUNT),
    titled_column("rows_with", "Rows with", "있을 때 행", Unit.ROWS_VISITED),
    titled_column("rows_without", "Rows without", "없을 때 행", Unit.ROWS_VISITED),
)


def drops_tested(tests: Sequence[DropTest]) -> Iterator[Section]:
    """Yield the section of the indexes that were tested; nothing without any."""
    if not tests:
        return
    yield Section(
        id="tested_drops",
        title=Text(en="Plans without the indexes to drop", ko="삭제할 인덱스가 없을 때의 계획"),
        columns=_COLUMNS,
        rows=tuple(
            (
                each.index,
                each.table,
                each.verdict.value,
                each.statements,
                each.worse,
                each.rows_with,
                each.rows_without,
            )
            for each in tests
        ),
    )


def without_needed(advice: Advice, tests: Sequence[DropTest]) -> Advice:
    """Return the advice without drops that make a plan worse or a statement fail."""
    needed = _needed(tests)
    kept = [each for each in advice.drops if (each.table.name, each.index.name) not in needed]
    return replace(advice, drops=tuple(kept))


def with_uses(health: Sequence[TableHealth], tests: Sequence[DropTest]) -> tuple[TableHealth, ...]:
    """Return the tables, told which indexes the server's plans need, so that no rule drops them."""
    needed = _needed(tests)
    return tuple(
        replace(
            each,
            planner_uses=each.planner_uses | _names(each, needed),
            advised_drops=each.advised_drops | _names(each, needed),
        )
        for each in health
    )


def _needed(tests: Sequence[DropTest]) -> set[tuple[str, str]]:
    return {(each.table, each.index) for each in tests if each.verdict.is_needed}


def _names(health: TableHealth, needed: set[tuple[str, str]]) -> frozenset[str]:
    return frozenset(name for table, name in needed if table == health.table.name.name)
