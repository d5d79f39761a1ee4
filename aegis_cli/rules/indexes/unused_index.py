"""AEG1204: an index that nothing reads."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.catalog import ExistingIndex, TableActivity, TableKind
from aegis_cli.model.facts.index_advice import TableHealth
from aegis_cli.model.finding import Finding, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import size
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._drops import (
    drop_fix,
    drop_of,
    guards_something,
)
from aegis_cli.rules.indexes._redundancy import redundancies
from aegis_cli.rules.indexes._wording import (
    BYTES_PER_MB,
    SECONDS_PER_DAY,
    places,
    since,
    whose_counters,
)

RULE = Rule(
    code="AEG1204",
    name="unused-index",
    section="1.2",
    title=Text(en="An index that nothing reads", ko="아무도 읽지 않는 인덱스"),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedIndexOptions(Options):
    """How long an index must be unused, and how large it must be."""

    min_age_days: float = 7.0
    """Younger counters prove nothing: a monthly report may still come."""
    min_size_mb: float = 1.0
    """In millions of bytes; a smaller index is not worth a change."""
    medium_size_mb: float = 1000.0
    """From here on it is of medium severity, in millions of bytes."""


class UnusedIndex(Detector[TableHealth]):
    """Listen for indexes that were never scanned while their table was in use."""

    rule = RULE
    consumes = TableHealth
    options_type = UnusedIndexOptions

    def observe(self, fact: TableHealth) -> Iterator[Finding]:
        """Report indexes without scans that guard nothing and that no other rule speaks of."""
        options = narrow(self._options, UnusedIndexOptions)
        if not _is_in_use(fact) or not _is_old(fact.statistics_age_s, options):
            return
        others = {each.index.name for each in redundancies(fact.table)} | fact.advised_drops
        for index in fact.table.indexes:
            if index.name not in others and _is_unused(fact, index, options):
                yield self._report(fact, index, options)

    def _report(
        self, fact: TableHealth, index: ExistingIndex, options: UnusedIndexOptions
    ) -> Finding:
        return self.finding(
            message=_message(fact, index),
            identity=(str(fact.table.name), index.name),
            locations=places(fact.model, fact.server, "index", fact.table.name, index.name),
            evidence=_evidence(fact, index),
            impact=Impact(basis=Basis.MEASURED, bytes_saved=index.size_bytes),
            fix=drop_fix(index.name, drop_of(fact, index), self.context.recheck),
            severity=_severity(index, options),
            confidence=_confidence(fact),
        )


def _is_in_use(fact: TableHealth) -> bool:
    """Tell whether anything happened to the table, so that no scan means something."""
    activity = fact.table.activity
    if fact.table.kind is TableKind.PARTITIONED:
        return True
    return activity is not None and _deeds(activity) > 0


def _deeds(activity: TableActivity) -> int:
    scans = activity.sequential_scans + activity.index_scans
    return scans + activity.rows_inserted + activity.rows_updated + activity.rows_deleted


def _is_old(age_s: float | None, options: UnusedIndexOptions) -> bool:
    """Tell whether counters have counted long enough; of unknown age they prove nothing."""
    return age_s is not None and age_s >= options.min_age_days * SECONDS_PER_DAY


def _is_unused(fact: TableHealth, index: ExistingIndex, options: UnusedIndexOptions) -> bool:
    if index.scans is None or index.scans > 0 or guards_something(index):
        return False
    is_read = index.name in fact.partition_indexes_scanned or index.name in fact.planner_uses
    is_large = index.size_bytes >= options.min_size_mb * BYTES_PER_MB
    return index.is_valid and is_large and not is_read


def _severity(index: ExistingIndex, options: UnusedIndexOptions) -> Severity:
    is_medium = index.size_bytes >= options.medium_size_mb * BYTES_PER_MB
    return Severity.MEDIUM if is_medium else Severity.LOW


def _confidence(fact: TableHealth) -> Confidence:
    """Be sure only where no other server could have used the index."""
    if fact.is_standby or fact.replicas:
        return Confidence.LOW
    return Confidence.HIGH if fact.replicas == 0 else Confidence.MEDIUM


def _message(fact: TableHealth, index: ExistingIndex) -> Text:
    name, taken = f"{fact.table.name}: {index.name}", size(index.size_bytes)
    age = since(fact.statistics_age_s)
    elsewhere = whose_counters(is_standby=fact.is_standby, replicas=fact.replicas)
    return Text(
        en=f"{name} ({taken}) was not scanned once {age.en}{elsewhere.en}",
        ko=f"{name}({taken})은 {age.ko} 한 번도 읽히지 않았습니다{elsewhere.ko}",
    )


def _evidence(fact: TableHealth, index: ExistingIndex) -> tuple[Evidence, ...]:
    assert fact.statistics_age_s is not None
    return (
        measured("index_scans", 0, Unit.COUNT, "of this server"),
        measured("statistics_age", fact.statistics_age_s, Unit.SECONDS),
        measured("index_size", index.size_bytes, Unit.BYTES),
    )
