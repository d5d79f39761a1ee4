"""AEG1401: rows inserted one statement at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.model.facts.executions import Repetition, Statement, UnitKind
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._loop_evidence import loop_evidence, loop_identity, loop_impact
from aegis_cli.rules.queries._naming import class_name
from aegis_cli.rules.queries._options import narrow
from aegis_cli.rules.queries._savings import Loop, loop_of
from aegis_cli.rules.queries._snippet import lines, words
from aegis_cli.rules.queries._wording import US_PER_MS, duration, ms, places, tables

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


class RowAtATimeInsert(Detector[Repetition]):
    """Listen for loops that insert a single row per round."""

    rule = RULE
    consumes = Repetition
    options_type = RowAtATimeInsertOptions

    def observe(self, fact: Repetition) -> Iterator[Finding]:
        """Report a loop whose only writes are single-row inserts."""
        options = narrow(self._options, RowAtATimeInsertOptions)
        inserts = tuple(each for each in fact.cycle if each.shape.is_write)
        if not inserts or not all(_is_single_row_insert(each) for each in inserts):
            return
        if any(each.shape.is_transaction_control for each in fact.cycle):
            return
        is_apart = fact.median_gap_us > options.max_autocommit_gap_ms * US_PER_MS
        if fact.unit is UnitKind.IDLE_GAP and is_apart:
            return
        loop = loop_of(fact, min_rounds=options.min_repeats)
        if loop is not None:
            yield self._report(fact, inserts, loop, options)

    def _report(
        self,
        fact: Repetition,
        inserts: tuple[Statement, ...],
        loop: Loop,
        options: RowAtATimeInsertOptions,
    ) -> Finding:
        is_large = loop.max_rounds >= options.high_severity_rows
        is_sure = fact.unit is not UnitKind.IDLE_GAP
        return self.finding(
            message=_message(inserts, loop),
            identity=loop_identity(fact)[1:],
            locations=places(fact.attributions, fact.examples),
            evidence=loop_evidence(fact, loop, "write"),
            impact=loop_impact(fact, loop),
            fix=_fix(inserts, self.context.recheck),
            severity=Severity.HIGH if is_large else Severity.MEDIUM,
            confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
        )


def _is_single_row_insert(statement: Statement) -> bool:
    shape = statement.shape
    return (
        shape.kind is StatementKind.INSERT
        and shape.values_rows == 1
        and not shape.insert_from_select
    )


def _names(inserts: tuple[Statement, ...]) -> str:
    return ", ".join(dict.fromkeys(tables(each) for each in inserts))


def _message(inserts: tuple[Statement, ...], loop: Loop) -> Text:
    spent = f" ({duration(ms(loop.time_us))})" if loop.time_us > 0 else ""
    names = _names(inserts)
    rows = loop.rounds * len(inserts)
    return Text(
        en=f"{rows:,} rows go into {names} one INSERT at a time{spent}: {loop.bursts:,} bursts "
        f"of typically {loop.median_rounds:,} rows, up to {loop.max_rounds:,}",
        ko=f"{names} 테이블에 {rows:,}개 행이 INSERT 하나에 한 행씩 들어갑니다{spent}: "
        f"{loop.bursts:,}번의 묶음에서 보통 {loop.median_rounds:,}행, 최대 {loop.max_rounds:,}행",
    )


def _fix(inserts: tuple[Statement, ...], recheck: str) -> Fix:
    names = _names(inserts)
    target = inserts[0].shape.tables_written[0]
    model = class_name(target)
    return Fix(
        summary=Text(
            en=f"Insert into {names} in batches of some hundred to a thousand rows.",
            ko=f"{names} 테이블에는 수백에서 천 행 단위로 묶어서 INSERT 합니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
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
        ),
        recheck=recheck,
    )
