"""AEG1402: rows updated or deleted one key at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.executions import MappedClass, Repetition, Statement, UnitKind
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._bulk_writes import bulk_delete, bulk_update
from aegis_cli.rules.queries._loop_detector import JoinedLoop, LoopDetector
from aegis_cli.rules.queries._loop_evidence import (
    bursts_of,
    cycle_names,
    loop_evidence,
    loop_impact,
)
from aegis_cli.rules.queries._naming import class_name, key_column
from aegis_cli.rules.queries._snippet import lines, words
from aegis_cli.rules.queries._wording import US_PER_MS, places, tables

RULE = Rule(
    code="AEG1402",
    name="row-at-a-time-update",
    section="1.4",
    title=Text(
        en="Rows updated or deleted one key at a time",
        ko="키 하나씩 실행되는 UPDATE 또는 DELETE",
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAtATimeUpdateOptions(Options):
    """When writes by key count as a loop."""

    min_repeats: int = 10
    """Rounds that a burst needs."""
    min_distinct_values: int = 5
    """Different values that a burst uses on average."""
    high_severity_rows: int = 100
    """Rows in the longest burst from which the severity is high instead of medium."""
    max_autocommit_gap_ms: int = 10
    """Median pause above which writes without a transaction belong to different requests."""


class RowAtATimeUpdate(LoopDetector):
    """Listen for loops that update or delete by another key in each round."""

    rule = RULE
    options_type = RowAtATimeUpdateOptions

    def names_of(self, fact: Repetition) -> tuple[str, ...] | None:
        """Return the cycle of a loop whose only writes find their rows by a key."""
        options = narrow(self._options, RowAtATimeUpdateOptions)
        if not fact.is_varying or not _has_keyed_writes_only(fact.cycle):
            return None
        is_apart = fact.median_gap_us > options.max_autocommit_gap_ms * US_PER_MS
        return None if fact.unit is UnitKind.IDLE_GAP and is_apart else cycle_names(fact)

    def judge(self, loop: JoinedLoop, names: tuple[str, ...]) -> Iterator[Finding]:
        """Report a loop that changes enough rows by enough different keys."""
        options = narrow(self._options, RowAtATimeUpdateOptions)
        if loop.totals.max_rounds < options.min_repeats:
            return
        if loop.totals.distinct_per_burst >= options.min_distinct_values:
            yield self._report(loop, names, options)

    def _report(
        self, loop: JoinedLoop, names: tuple[str, ...], options: RowAtATimeUpdateOptions
    ) -> Finding:
        is_large = loop.totals.max_rounds >= options.high_severity_rows
        # Without a transaction, one hot statement of many requests looks much the same.
        is_sure = loop.is_delimited
        return self.finding(
            message=_message(loop),
            identity=names,
            locations=places(loop.attributions, loop.examples),
            evidence=loop_evidence(loop, "write"),
            impact=loop_impact(loop),
            fix=_fix(loop, self.context.recheck),
            severity=Severity.HIGH if is_large and is_sure else Severity.MEDIUM,
            confidence=Confidence.HIGH if is_sure else Confidence.LOW,
        )


def _writes(cycle: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(each for each in cycle if each.shape.is_write)


def _has_keyed_writes_only(cycle: tuple[Statement, ...]) -> bool:
    writes = _writes(cycle)
    return (
        bool(writes)
        and all(each.shape.is_keyed_write for each in writes)
        and not any(each.shape.is_transaction_control for each in cycle)
    )


def _names(writes: tuple[Statement, ...]) -> str:
    return ", ".join(dict.fromkeys(tables(each) for each in writes))


def _message(loop: JoinedLoop) -> Text:
    writes, spent = _writes(loop.cycle), loop.spent
    names, verb = _names(writes), writes[0].shape.kind.value.upper()
    rows = loop.totals.rounds * len(writes)
    bursts = bursts_of(loop.totals, Text(en="keys", ko="개 키"))
    return Text(
        en=f"{names}: {rows:,} rows, one {verb} each{spent.en}, in {bursts.en}",
        ko=f"{names} 행 {rows:,}개를 {verb} 하나에 한 행씩 처리합니다{spent.ko}: {bursts.ko}",
    )


def _fix(loop: JoinedLoop, recheck: str) -> Fix:
    writes = _writes(loop.cycle)
    names = _names(writes)
    return Fix(
        summary=Text(
            en=f"Change the rows of {names} with one statement per batch of keys.",
            ko=f"{names} 행을 키 묶음마다 쿼리 하나로 처리합니다.",
        ),
        kind=FixKind.ADVICE,
        text=_change(writes[0], loop.written),
        recheck=recheck,
    )


def _change(write: Statement, written: MappedClass | None) -> str:
    is_delete = write.shape.kind is StatementKind.DELETE
    if written is not None:
        key = key_column(write.shape)
        return bulk_delete(written, key) if is_delete else bulk_update(written, key)
    return _delete(write) if is_delete else _update(write)


def _delete(statement: Statement) -> str:
    table = statement.shape.tables_written[0]
    key = key_column(statement.shape)
    return lines(
        "-- SQL",
        words("DELETE FROM", table, "WHERE", key, "= ANY($1);"),
        "",
        "# Django",
        f"{class_name(table)}.objects.filter({key}__in=keys).delete()",
        "",
        "# Caution: keep batches to about a thousand keys inside one atomic block;",
        "# a batch locks all its rows until it commits.",
    )


def _update(statement: Statement) -> str:
    table = statement.shape.tables_written[0]
    key, model = key_column(statement.shape), class_name(table)
    return lines(
        "-- SQL: the same change for all rows",
        words("UPDATE", table, "SET … WHERE", key, "= ANY($1);"),
        "-- or another value per row",
        words("UPDATE", table, "AS t SET …"),
        "FROM unnest($1::bigint[], $2::text[]) AS v(key, value)",
        f"WHERE t.{key} = v.key;",
        "",
        "# Django: one value for all, or one value each",
        f"{model}.objects.filter({key}__in=keys).update(**changes)",
        f'{model}.objects.bulk_update(rows, ["…"], batch_size=1000)',
        "",
        "# SQLAlchemy 2",
        f"session.execute(update({model}), list_of_dicts_with_primary_key)",
        "",
        "# Caution: update() and bulk_update() call neither save() nor signals;",
        "# a batch locks all its rows until it commits, so keep it short.",
    )
