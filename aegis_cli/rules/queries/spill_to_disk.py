"""AEG5305: sorts and hashes that do not fit into work_mem."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.log_events import EventKind, EventProfile
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import size
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._event_evidence import event_evidence, event_identity, event_subject
from aegis_cli.rules.queries._snippet import lines

RULE = Rule(
    code="AEG5305",
    name="spill-to-disk",
    section="5.3",
    title=Text(en="A sort or hash that spills to disk", ko="디스크로 넘치는 정렬 또는 해시"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_BYTES_PER_MIB = 1024 * 1024
_MEMORY_PER_SPILLED = 3
"""A sort needs more memory than the compact file it wrote (heuristic)."""
_MAX_WORK_MEM_MB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SpillToDiskOptions(Options):
    """How much may go to temporary files."""

    min_total_bytes: int = 10_000_000
    """Bytes written to temporary files in the whole log."""


class SpillToDisk(Detector[EventProfile]):
    """Listen for temporary files."""

    rule = RULE
    consumes = EventProfile
    options_type = SpillToDiskOptions

    def observe(self, fact: EventProfile) -> Iterator[Finding]:
        """Report a statement that writes many bytes to temporary files."""
        options = narrow(self._options, SpillToDiskOptions)
        is_spill = fact.kind is EventKind.TEMPORARY_FILE
        if is_spill and fact.total_bytes >= options.min_total_bytes:
            yield self._report(fact)

    def _report(self, fact: EventProfile) -> Finding:
        name, total, largest = event_subject(fact), size(fact.total_bytes), size(fact.max_bytes)
        return self.finding(
            message=Text(
                en=f"{name}: {fact.count:,} temporary files, {total} in all, the largest "
                f"{largest}; work_mem was too small for a sort or hash",
                ko=f"{name}: 임시 파일 {fact.count:,}개, 합계 {total}, 최대 {largest}. "
                "정렬이나 해시에 work_mem이 부족했습니다",
            ),
            identity=event_identity(fact),
            locations=fact.examples,
            evidence=event_evidence(
                fact,
                measured("temporary_bytes", fact.total_bytes, Unit.BYTES),
                measured("largest_file", fact.max_bytes, Unit.BYTES),
            ),
            impact=Impact(basis=Basis.MEASURED, bytes_saved=fact.total_bytes),
            fix=_fix(fact, name, self.context.recheck),
        )


def _fix(fact: EventProfile, name: str, recheck: str) -> Fix:
    return Fix(
        summary=Text(
            en=f"Sort fewer rows for {name}, or give this statement more work_mem.",
            ko=f"{name} 쿼리가 정렬하는 행을 줄이거나, 이 쿼리에만 work_mem을 늘립니다.",
        ),
        kind=FixKind.SETTING,
        text=lines(
            "-- first: an index in the order of ORDER BY, fewer columns, an earlier LIMIT",
            *_setting(fact.max_bytes),
            "-- Caution: every sort and hash of every connection may use this much memory;",
            "-- set it for the transaction or the role, not for the whole server.",
        ),
        recheck=recheck,
    )


def _setting(max_bytes: int) -> tuple[str, ...]:
    wanted = -(-max_bytes * _MEMORY_PER_SPILLED // _BYTES_PER_MIB)
    if wanted > _MAX_WORK_MEM_MB:
        return ("-- too large for memory: reduce the rows, or aggregate ahead of time",)
    megabytes = 1 << max(2, (wanted - 1).bit_length())
    return ("-- then, inside the transaction:", f"SET LOCAL work_mem = '{megabytes}MB';")
