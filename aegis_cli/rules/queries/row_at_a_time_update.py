"""AEG1402: rows updated or deleted one key at a time."""

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
from aegis_cli.rules.queries._naming import class_name, key_column
from aegis_cli.rules.queries._options import narrow
from aegis_cli.rules.queries._savings import Loop, loop_of
from aegis_cli.rules.queries._snippet import lines, words
from aegis_cli.rules.queries._wording import US_PER_MS, duration, ms, places, tables

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


class RowAtATimeUpdate(Detector[Repetition]):
    """Listen for loops that update or delete by another key in each round."""

    rule = RULE
    consumes = Repetition
    options_type = RowAtATimeUpdateOptions

    def observe(self, fact: Repetition) -> Iterator[Finding]:
        """Report a loop whose only writes find their rows by a key."""
        options = narrow(self._options, RowAtATimeUpdateOptions)
        writes = tuple(each for each in fact.cycle if each.shape.is_write)
        if not fact.is_varying or not _are_keyed_writes(fact, writes):
            return
        is_apart = fact.median_gap_us > options.max_autocommit_gap_ms * US_PER_MS
        if fact.unit is UnitKind.IDLE_GAP and is_apart:
            return
        loop = loop_of(fact, min_rounds=options.min_repeats)
        if loop is None or loop.distinct_per_burst < options.min_distinct_values:
            return
        yield self._report(fact, writes, loop, options)

    def _report(
        self,
        fact: Repetition,
        writes: tuple[Statement, ...],
        loop: Loop,
        options: RowAtATimeUpdateOptions,
    ) -> Finding:
        is_large = loop.max_rounds >= options.high_severity_rows
        # Without a transaction, one hot statement of many requests looks much the same.
        is_sure = fact.unit is not UnitKind.IDLE_GAP
        return self.finding(
            message=_message(writes, loop),
            identity=loop_identity(fact)[1:],
            locations=places(fact.attributions, fact.examples),
            evidence=loop_evidence(fact, loop, "write"),
            impact=loop_impact(fact, loop),
            fix=_fix(writes, self.context.recheck),
            severity=Severity.HIGH if is_large and is_sure else Severity.MEDIUM,
            confidence=Confidence.HIGH if is_sure else Confidence.LOW,
        )


def _are_keyed_writes(fact: Repetition, writes: tuple[Statement, ...]) -> bool:
    return (
        bool(writes)
        and all(each.shape.is_keyed_write for each in writes)
        and not any(each.shape.is_transaction_control for each in fact.cycle)
    )


def _names(writes: tuple[Statement, ...]) -> str:
    return ", ".join(dict.fromkeys(tables(each) for each in writes))


def _message(writes: tuple[Statement, ...], loop: Loop) -> Text:
    spent = f" ({duration(ms(loop.time_us))})" if loop.time_us > 0 else ""
    names, verb = _names(writes), writes[0].shape.kind.value.upper()
    return Text(
        en=f"{names}: {loop.rounds:,} rows in {loop.bursts:,} bursts each get {verb} statements "
        f"of their own{spent}, typically {loop.median_rounds:,} per burst, up to "
        f"{loop.max_rounds:,}",
        ko=f"{names}: {loop.bursts:,}번의 묶음에서 {loop.rounds:,}개 행을 {verb} 하나에 한 행씩 "
        f"처리합니다{spent}. 묶음마다 보통 {loop.median_rounds:,}행, 최대 {loop.max_rounds:,}행",
    )


def _fix(writes: tuple[Statement, ...], recheck: str) -> Fix:
    names = _names(writes)
    is_delete = writes[0].shape.kind is StatementKind.DELETE
    return Fix(
        summary=Text(
            en=f"Change the rows of {names} with one statement per batch of keys.",
            ko=f"{names} 행을 키 묶음마다 쿼리 하나로 처리합니다.",
        ),
        kind=FixKind.ADVICE,
        text=_delete(writes[0]) if is_delete else _update(writes[0]),
        recheck=recheck,
    )


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
