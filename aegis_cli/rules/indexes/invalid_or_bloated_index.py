"""AEG1212: an index that is not valid, or much larger than its content."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import estimated, measured
from aegis_cli.model.facts.catalog import ExistingIndex, TableKind
from aegis_cli.model.facts.index_advice import TableHealth
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import size, three_digits
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._wording import BYTES_PER_MB, lines, places
from aegis_cli.sqltext.identifiers import qualified

RULE = Rule(
    code="AEG1212",
    name="invalid-or-bloated-index",
    section="1.2",
    title=Text(
        en="An index that is not valid, or much larger than its content",
        ko="유효하지 않거나 내용보다 훨씬 커진 인덱스",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidOrBloatedIndexOptions(Options):
    """From when on an index counts as bloated."""

    min_bloat_factor: float = 3.0
    """Size / size of a freshly built one, as estimated; the estimate may be off by a third."""
    min_wasted_mb: float = 50.0
    """In millions of bytes."""


class InvalidOrBloatedIndex(Detector[TableHealth]):
    """Listen for indexes that serve no query, and for those that hold mostly empty space."""

    rule = RULE
    consumes = TableHealth
    options_type = InvalidOrBloatedIndexOptions

    def observe(self, fact: TableHealth) -> Iterator[Finding]:
        """Report the invalid and the bloated indexes of a table."""
        options = narrow(self._options, InvalidOrBloatedIndexOptions)
        estimates = dict(fact.size_estimates)
        for index in fact.table.indexes:
            fresh = estimates.get(index.name, 0)
            wasted = index.size_bytes - fresh
            if not index.is_valid:
                yield self._invalid(fact, index)
            elif (
                fresh > 0
                and index.size_bytes >= options.min_bloat_factor * fresh
                and wasted >= options.min_wasted_mb * BYTES_PER_MB
            ):
                yield self._bloated(fact, index, fresh)

    def _invalid(self, fact: TableHealth, index: ExistingIndex) -> Finding:
        table = fact.table.name
        return self.finding(
            message=Text(
                en=f"{table}: {index.name} ({size(index.size_bytes)}) is not valid: writes keep it "
                "up and no query can use it",
                ko=f"{table}: {index.name}({size(index.size_bytes)})이 유효하지 않습니다. 쓰기 "
                "비용만 들고 쿼리에는 사용되지 않습니다",
            ),
            identity=(str(table), index.name),
            locations=places(fact.model, fact.server, "index", table, index.name),
            evidence=(measured("index_size", index.size_bytes, Unit.BYTES),),
            impact=Impact(basis=Basis.MEASURED, bytes_saved=index.size_bytes),
            fix=Fix(
                summary=Text(
                    en=f"Build {index.name} again, or drop it.",
                    ko=f"{index.name} 인덱스를 다시 만들거나 삭제합니다.",
                ),
                kind=FixKind.DDL,
                text=_repair(fact, index),
                recheck=self.context.recheck,
            ),
        )

    def _bloated(self, fact: TableHealth, index: ExistingIndex, fresh: int) -> Finding:
        table, factor = fact.table.name, three_digits(index.size_bytes / fresh)
        return self.finding(
            message=Text(
                en=f"{table}: {index.name} takes {size(index.size_bytes)}, a fresh one would take "
                f"about {size(fresh)} ({factor} times less, heuristic)",
                ko=f"{table}: {index.name}의 크기는 {size(index.size_bytes)}이지만 새로 만들면 약 "
                f"{size(fresh)}입니다({factor}배 차이, 경험적 추정)",
            ),
            identity=(str(table), index.name),
            locations=places(fact.model, fact.server, "index", table, index.name),
            evidence=(
                measured("index_size", index.size_bytes, Unit.BYTES),
                estimated(
                    "fresh_index_size", fresh, Unit.BYTES, Basis.HEURISTIC, "from statistics"
                ),
            ),
            impact=Impact(basis=Basis.HEURISTIC, bytes_saved=index.size_bytes - fresh),
            fix=Fix(
                summary=Text(
                    en=f"Build {index.name} again.", ko=f"{index.name} 인덱스를 다시 만듭니다."
                ),
                kind=FixKind.DDL,
                text=_reindex(fact, index),
                recheck=self.context.recheck,
            ),
            severity=Severity.LOW,
            confidence=Confidence.LOW,
        )


def _reindex(fact: TableHealth, index: ExistingIndex) -> str:
    name = qualified(fact.table.name.schema, index.name)
    return lines("-- outside of a transaction:", f"REINDEX INDEX CONCURRENTLY {name};")


def _repair(fact: TableHealth, index: ExistingIndex) -> str:
    name = qualified(fact.table.name.schema, index.name)
    if fact.table.kind is TableKind.PARTITIONED:
        return lines(
            "-- it becomes valid once every partition has an index attached to it:",
            f"ALTER INDEX {name} ATTACH PARTITION index_of_the_missing_partition;",
        )
    return lines(
        "-- unless CREATE INDEX CONCURRENTLY is still at work (pg_stat_progress_create_index):",
        f"REINDEX INDEX CONCURRENTLY {name};",
        "-- or, when it is not needed:",
        f"-- DROP INDEX CONCURRENTLY {name};",
    )
