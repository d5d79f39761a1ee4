"""AEG1401: rows inserted one statement at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.executions import Repetition, Statement, UnitKind
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._bulk_writes import bulk_insert
from aegis_cli.rules.queries._loop_detector import JoinedLoop, LoopDetector
from aegis_cli.rules.queries._loop_evidence import (
    bursts_of,
    cycle_names,
    loop_evidence,
    loop_impact,
)
from aegis_cli.rules.queries._naming import class_name
from aegis_cli.rules.queries._snippet import lines, words
from aegis_cli.rules.queries._wording import US_PER_MS, places, tables

RULE = Rule(
    code="AEG1401",
    name="row-at-a-time-insert",
    section="1.4",
    title=Text(
        en="Rows inserted one statement at a time",
        ko="한 행씩 실행되는 INSERT",
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAtATimeInsertOptions(Options):
    """When single-row inserts count as a loop."""

    min_repeats: int = 10
    """Rounds that a burst needs."""
    high_severity_rows: int = 100
    """Rows in the longest burst from which the severity is high instead of medium."""
    max_autocommit_gap_ms: int = 50
    """Median pause above which inserts without a transaction belong to different requests."""


class RowAtATimeInsert(LoopDetector):
    """Listen for loops that insert a single row per round."""

    rule = RULE
    options_type = RowAtATimeInsertOptions

    def names_of(self, fact: Repetition) -> tuple[str, ...] | None:
        """Return the cycle of a loop whose only writes are single-row inserts."""
        options = narrow(self._options, RowAtATimeInsertOptions)
        inserts = _inserts(fact.cycle)
        if not inserts or not all(_is_single_row_insert(each) for each in inserts):
            return None
        if any(each.shape.is_transaction_control for each in fact.cycle):
            return None
        is_apart = fact.median_gap_us > options.max_autocommit_gap_ms * US_PER_MS
        return None if fact.unit is UnitKind.IDLE_GAP and is_apart else cycle_names(fact)

    def judge(self, loop: JoinedLoop, names: tuple[str, ...]) -> Iterator[Finding]:
        """Report a loop that inserts enough rows."""
        options = narrow(self._options, RowAtATimeInsertOptions)
        if loop.totals.max_rounds < options.min_repeats:
            return
        is_large = loop.totals.max_rounds >= options.high_severity_rows
        yield self.finding(
            message=_message(loop),
            identity=names,
            locations=places(loop.attributions, loop.examples),
            evidence=loop_evidence(loop, "write"),
            impact=loop_impact(loop),
            fix=_fix(loop, self.context.recheck),
            severity=Severity.HIGH if is_large else Severity.MEDIUM,
            confidence=Confidence.HIGH if loop.is_delimited else Confidence.MEDIUM,
        )


def _inserts(cycle: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(each for each in cycle if each.shape.is_write)


def _is_single_row_insert(statement: Statement) -> bool:
    shape = statement.shape
    return (
        shape.kind is StatementKind.INSERT
        and shape.values_rows == 1
        and not shape.insert_from_select
    )


def _names(inserts: tuple[Statement, ...]) -> str:
    return ", ".join(dict.fromkeys(tables(each) for each in inserts))


def _message(loop: JoinedLoop) -> Text:
    inserts, spent = _inserts(loop.cycle), loop.spent
    names = _names(inserts)
    rows = loop.totals.rounds * len(inserts)
    bursts = bursts_of(loop.totals, Text(en="rows", ko="행"))
    return Text(
        en=f"{rows:,} rows go into {names} one INSERT at a time{spent.en}: {bursts.en}",
        ko=f"{names} 테이블에 {rows:,}개 행이 INSERT 하나에 한 행씩 들어갑니다{spent.ko}: "
        f"{bursts.ko}",
    )


def _fix(loop: JoinedLoop, recheck: str) -> Fix:
    inserts = _inserts(loop.cycle)
    names = _names(inserts)
    target = inserts[0].shape.tables_written[0]
    written = loop.written
    return Fix(
        summary=Text(
            en=f"Insert into {names} in batches of some hundred to a thousand rows.",
            ko=f"{names} 테이블에는 수백에서 천 행 단위로 묶어서 INSERT 합니다.",
        ),
        kind=FixKind.ADVICE,
        text=bulk_insert(written) if written is not None else _in_every_dialect(target),
        recheck=recheck,
    )


def _in_every_dialect(target: str) -> str:
    model = class_name(target)
    return lines(
        "# Django",
        "with transaction.atomic():",
        f"    {model}.objects.bulk_create(rows, batch_size=1000)",
        "",
        "# SQLAlchemy 2",
        f"session.execute(insert({model}), list_of_dicts)",
        "",
        "# psycopg2 (psycopg 3: cursor.executemany or COPY)",
        words("statement =", '"INSERT INTO', target, '(…) VALUES %s"'),
        "execute_values(cursor, statement, rows, page_size=1000)",
        "",
        "# Caution: bulk_create calls neither save() nor signals, a batch that is too",
        "# large costs memory, and one failing row fails its whole batch.",
    )
