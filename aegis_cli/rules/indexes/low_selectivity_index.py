"""AEG1211: an index on a column in which every value is frequent."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, estimated, measured
from aegis_cli.model.facts.catalog import ConstraintKind, ExistingIndex, Table
from aegis_cli.model.facts.index_advice import TableHealth
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind
from aegis_cli.model.finding import Finding, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import percent, size
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._drops import drop_fix, drop_of, guards_something, is_btree
from aegis_cli.rules.indexes._redundancy import redundancies
from aegis_cli.rules.indexes._wording import places

RULE = Rule(
    code="AEG1211",
    name="low-selectivity-index",
    section="1.2",
    title=Text(
        en="An index on a column in which every value is frequent",
        ko="모든 값이 자주 나오는 컬럼에 만든 인덱스",
    ),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

# Statistics are of a sample: the listed values count as all when they are nearly all rows.
_NEARLY_ALL = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class LowSelectivityIndexOptions(Options):
    """From when on a value is too frequent for an index."""

    min_value_share: float = 0.05
    """Share of the rows that even the rarest value keeps."""
    min_rows: int = 10_000
    """In a smaller table no index costs much."""


class LowSelectivityIndex(Detector[TableHealth]):
    """Listen for full indexes on one column of which every value keeps many rows."""

    rule = RULE
    consumes = TableHealth
    options_type = LowSelectivityIndexOptions

    def observe(self, fact: TableHealth) -> Iterator[Finding]:
        """Report such indexes as long as nothing is known to use them, or the advice drops them."""
        options = narrow(self._options, LowSelectivityIndexOptions)
        if fact.table.rows < options.min_rows:
            return
        others = {each.index.name for each in redundancies(fact.table)} | fact.advised_drops
        for index in fact.table.indexes:
            share = _rarest_share(fact, index)
            is_used = index.name in others or index.name in fact.planner_uses or _is_never(index)
            if share is not None and share >= options.min_value_share and not is_used:
                yield self._report(fact, index, share)

    def _report(self, fact: TableHealth, index: ExistingIndex, share: float) -> Finding:
        table, column = fact.table.name, index.definition.keys[0].text
        return self.finding(
            message=Text(
                en=f"{table}: every value of {column} keeps at least {percent(share)} of the rows, "
                f"so {index.name} ({size(index.size_bytes)}) saves little over reading the table",
                ko=f"{table}: {column}의 모든 값이 행의 {percent(share)} 이상을 차지하므로 "
                f"{index.name}({size(index.size_bytes)})은 테이블 전체를 읽는 것과 차이가 적습니다",
            ),
            identity=(str(table), index.name),
            locations=places(fact.model, fact.server, "index", table, index.name),
            evidence=tuple(_evidence(index, share)),
            impact=Impact(basis=Basis.HEURISTIC, bytes_saved=index.size_bytes),
            fix=drop_fix(index.name, drop_of(fact, index), self.context.recheck),
            confidence=Confidence.LOW if index.scans else Confidence.MEDIUM,
        )


def _is_never(index: ExistingIndex) -> bool:
    """Tell whether an index has no scan at all: then unused-index speaks of it."""
    return index.scans == 0


def _rarest_share(fact: TableHealth, index: ExistingIndex) -> float | None:
    """Return the share of rows of the rarest value; None where that means nothing or is hidden."""
    definition = index.definition
    is_plain = len(definition.keys) == 1 and not definition.keys[0].is_expression
    if not is_plain or definition.predicate or not is_btree(index) or guards_something(index):
        return None
    column = definition.keys[0].text
    if definition.include or _is_foreign_key(fact.table, column):
        return None
    known = next((each for each in fact.statistics if each.column == column), None)
    return None if known is None else _rarest(known)


def _is_foreign_key(table: Table, column: str) -> bool:
    return any(
        each.kind is ConstraintKind.FOREIGN_KEY and each.columns[:1] == (column,)
        for each in table.constraints
    )


def _rarest(known: ColumnStatistics) -> float | None:
    """Return the smallest frequency when the most common values are all values there are."""
    slot = known.slot(SlotKind.MOST_COMMON)
    if slot is None or not slot.numbers:
        return None
    if sum(slot.numbers) + known.null_fraction < _NEARLY_ALL:
        return None
    frequencies = [*slot.numbers, *([known.null_fraction] if known.null_fraction > 0 else [])]
    return min(frequencies)


def _evidence(index: ExistingIndex, share: float) -> Iterator[Evidence]:
    yield estimated("rarest_value_share", share, Unit.RATIO, Basis.PLANNER, "from ANALYZE's sample")
    yield measured("index_size", index.size_bytes, Unit.BYTES)
    if index.scans is not None:
        yield measured("index_scans", index.scans, Unit.COUNT)
