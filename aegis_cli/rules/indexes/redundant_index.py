"""AEG1205: an index whose work another one does."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import estimated
from aegis_cli.model.facts.catalog import ExistingIndex
from aegis_cli.model.facts.index_advice import DropAdvice, DropReason, TableHealth
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.finding import Finding, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import size
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._drops import drop_fix, drop_of, drop_of_advice
from aegis_cli.rules.indexes._redundancy import Redundancy, redundancies
from aegis_cli.rules.indexes._wording import BYTES_PER_MB, places, size_basis

RULE = Rule(
    code="AEG1205",
    name="redundant-index",
    section="1.2",
    title=Text(
        en="An index whose work another one does", ko="다른 인덱스가 역할을 대신하는 인덱스"
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedundantIndexOptions(Options):
    """From which size on a superfluous index is worth a change."""

    min_size_mb: float = 0.0
    """In millions of bytes."""
    medium_size_mb: float = 100.0
    """From here on it is of medium severity, in millions of bytes."""


class RedundantIndex(Detector[TableHealth]):
    """Listen for duplicates and prefixes among the indexes of a table."""

    rule = RULE
    consumes = TableHealth
    options_type = RedundantIndexOptions

    def observe(self, fact: TableHealth) -> Iterator[Finding]:
        """Report each index that another one of the table replaces, unless the advice does."""
        options = narrow(self._options, RedundantIndexOptions)
        for each in redundancies(fact.table):
            index = each.index
            if index.name in fact.advised_drops or not _is_large(index, options):
                continue
            yield self._report(fact, each, options)

    def _report(
        self, fact: TableHealth, found: Redundancy, options: RedundantIndexOptions
    ) -> Finding:
        index, table = found.index, fact.table.name
        basis = size_basis(fact.dialect)
        return self.finding(
            message=_message(table, index, found.reason, found.covered_by.name),
            identity=_identity(table, index),
            locations=places(fact.model, fact.server, "index", table, index.name),
            evidence=(estimated("index_size", index.size_bytes, Unit.BYTES, basis),),
            impact=Impact(basis=basis, bytes_saved=index.size_bytes),
            fix=drop_fix(index.name, drop_of(fact, index), self.context.recheck),
            severity=_severity(index, options),
        )


class RedundantIndexOfAdvice(Detector[DropAdvice]):
    """Listen for indexes that the advice drops because another one does their work."""

    rule = RULE
    consumes = DropAdvice
    options_type = RedundantIndexOptions

    def observe(self, fact: DropAdvice) -> Iterator[Finding]:
        """Report a duplicate, a prefix, or an index that a proposed one replaces."""
        options = narrow(self._options, RedundantIndexOptions)
        index, unit = fact.index, fact.dialect.cost_unit
        if fact.reason is DropReason.UNUSED or not _is_large(index, options):
            return
        is_structural = fact.reason is not DropReason.REPLACED
        yield self.finding(
            message=_message(fact.table, index, fact.reason, fact.covered_by or ""),
            identity=_identity(fact.table, index),
            locations=places(fact.model, fact.server, "index", fact.table, index.name),
            evidence=(
                estimated("index_size", index.size_bytes, Unit.BYTES, size_basis(fact.dialect)),
                estimated("workload_cost_change", fact.cost_change, unit, fact.basis),
                *(
                    (estimated("write_cost_saved", fact.write_cost_saved, unit, Basis.HEURISTIC),)
                    if fact.writes_known
                    else ()
                ),
            ),
            impact=Impact(basis=fact.basis, bytes_saved=index.size_bytes),
            fix=drop_fix(index.name, drop_of_advice(fact), self.context.recheck),
            severity=_severity(index, options),
            confidence=_confidence(fact.basis, is_structural=is_structural),
        )


def _is_large(index: ExistingIndex, options: RedundantIndexOptions) -> bool:
    return index.size_bytes >= options.min_size_mb * BYTES_PER_MB


def _severity(index: ExistingIndex, options: RedundantIndexOptions) -> Severity:
    is_medium = index.size_bytes >= options.medium_size_mb * BYTES_PER_MB
    return Severity.MEDIUM if is_medium else Severity.LOW


def _confidence(basis: Basis, *, is_structural: bool) -> Confidence:
    """Believe the structure of two indexes; believe a planner less, a rule of thumb little."""
    if basis is Basis.HEURISTIC:
        return Confidence.MEDIUM if is_structural else Confidence.LOW
    return Confidence.HIGH if is_structural else Confidence.MEDIUM


def _identity(table: TableName, index: ExistingIndex) -> tuple[str, ...]:
    return str(table), index.name


def _message(table: TableName, index: ExistingIndex, reason: DropReason, other: str) -> Text:
    name, taken = f"{table}: {index.name}", size(index.size_bytes)
    match reason:
        case DropReason.DUPLICATE:
            return Text(
                en=f"{name} ({taken}) is a duplicate of {other}",
                ko=f"{name}({taken})은 {other}과 같은 인덱스입니다",
            )
        case DropReason.PREFIX:
            return Text(
                en=f"{name} ({taken}) has the first keys of {other}, which does its work",
                ko=f"{name}({taken})의 키는 {other}의 앞부분과 같아 {other}이 대신할 수 있습니다",
            )
        case DropReason.REPLACED | DropReason.UNUSED:
            return Text(
                en=f"{name} ({taken}) is not needed once {other or 'the advice'} exists",
                ko=f"{name}({taken})은 {other or '제안된 인덱스'}를 만들면 필요 없습니다",
            )
