"""AEG1210: a table whose indexes cost its writes more than they give its reads."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.catalog import ExistingIndex, TableActivity
from aegis_cli.model.facts.index_advice import TableHealth
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import percent, size, three_digits
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._drops import guards_something
from aegis_cli.rules.indexes._wording import lines, places, since

RULE = Rule(
    code="AEG1210",
    name="write-heavy-table-over-indexed",
    section="1.2",
    title=Text(
        en="A table that is written more than its indexes are read",
        ko="인덱스를 읽는 횟수보다 쓰기가 훨씬 많은 테이블",
    ),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_FEW_HOT = 0.5
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteHeavyTableOptions(Options):
    """When the upkeep of indexes is out of proportion."""

    min_indexes: int = 5
    """On one table."""
    min_rows_written: int = 100_000
    """Since the counters were reset."""
    min_writes_per_scan: float = 50.0
    """Index entries written / index scans."""


class WriteHeavyTable(Detector[TableHealth]):
    """Listen for tables with many indexes that are written far more often than read."""

    rule = RULE
    consumes = TableHealth
    options_type = WriteHeavyTableOptions

    def observe(self, fact: TableHealth) -> Iterator[Finding]:
        """Report a table whose index entries are written many times for each index scan."""
        options = narrow(self._options, WriteHeavyTableOptions)
        activity, indexes = fact.table.activity, fact.table.indexes
        if activity is None or len(indexes) < options.min_indexes:
            return
        written = _rows_written(activity)
        per_scan = written * len(indexes) / max(1, activity.index_scans)
        is_heavy = written >= options.min_rows_written
        if not is_heavy or per_scan < options.min_writes_per_scan:
            return
        yield self.finding(
            message=_message(fact, activity, per_scan),
            identity=(str(fact.table.name),),
            locations=places(fact.model, fact.server, "table", fact.table.name),
            evidence=tuple(_evidence(fact, activity, per_scan)),
            impact=Impact(basis=Basis.MEASURED),
            fix=_fix(fact, activity, self.context.recheck),
        )


def _rows_written(activity: TableActivity) -> int:
    """Return the rows that made work for every index; a delete writes no entry."""
    return activity.rows_inserted + activity.rows_updated - activity.rows_updated_hot


def _hot_share(activity: TableActivity) -> float | None:
    if activity.rows_updated == 0:
        return None
    return activity.rows_updated_hot / activity.rows_updated


def _message(fact: TableHealth, activity: TableActivity, per_scan: float) -> Text:
    age, count = since(fact.statistics_age_s), len(fact.table.indexes)
    written, scans = _rows_written(activity) * count, activity.index_scans
    return Text(
        en=f"{fact.table.name}: {written:,} entries written to {count} indexes {age.en} for "
        f"{scans:,} index scans ({three_digits(per_scan)} per scan)",
        ko=f"{fact.table.name}: 인덱스 {count}개에 {age.ko} {written:,}건을 썼지만 인덱스 스캔은 "
        f"{scans:,}회뿐입니다(스캔당 {three_digits(per_scan)}건)",
    )


def _evidence(fact: TableHealth, activity: TableActivity, per_scan: float) -> Iterator[Evidence]:
    yield measured("indexes", len(fact.table.indexes), Unit.COUNT)
    yield measured("rows_inserted", activity.rows_inserted, Unit.ROWS)
    yield measured("rows_updated", activity.rows_updated, Unit.ROWS)
    hot = _hot_share(activity)
    if hot is not None:
        yield measured("share_of_hot_updates", hot, Unit.RATIO, "updates that touched no index")
    yield measured("index_scans", activity.index_scans, Unit.COUNT)
    yield measured("entries_written_per_scan", per_scan, Unit.RATIO)
    if fact.statistics_age_s is not None:
        yield measured("statistics_age", fact.statistics_age_s, Unit.SECONDS)


def _fix(fact: TableHealth, activity: TableActivity, recheck: str) -> Fix:
    candidates = sorted(
        (each for each in fact.table.indexes if not guards_something(each)),
        key=lambda index: (index.scans if index.scans is not None else 0, -index.size_bytes),
    )
    hot = _hot_share(activity)
    fill = (
        f"Only {percent(hot)} of the updates touched no index: leave room in the pages "
        "(fillfactor 90) and index no column that changes often."
        if hot is not None and hot < _FEW_HOT
        else ""
    )
    return Fix(
        summary=Text(
            en="Keep the indexes that queries need; merge or drop those that are scanned least.",
            ko="쿼리에 필요한 인덱스만 남기고, 가장 적게 쓰는 인덱스는 합치거나 삭제합니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "Scanned least:",
            *(_line(each) for each in candidates[:_SHOWN]),
            fill,
            "Batch the writes: one statement with many rows maintains an index more cheaply.",
        ),
        recheck=recheck,
    )


def _line(index: ExistingIndex) -> str:
    scans = "scans unknown" if index.scans is None else f"{index.scans:,} scans"
    return f"- {index.name}: {scans}, {size(index.size_bytes)}"
