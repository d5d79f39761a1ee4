"""AEG1102: several lookups per row, or a loop inside a loop."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.model.facts.executions import Repetition, Statement, UnitKind
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._advice import change_for, relation_of
from aegis_cli.rules.queries._loop_evidence import (
    is_plain_read,
    loop_evidence,
    loop_identity,
    loop_impact,
)
from aegis_cli.rules.queries._naming import are_linked
from aegis_cli.rules.queries._options import narrow
from aegis_cli.rules.queries._savings import Loop, burst_share, loop_of
from aegis_cli.rules.queries._wording import duration, ms, places, tables

RULE = Rule(
    code="AEG1102",
    name="nested-n-plus-one",
    section="1.1",
    title=Text(
        en="Several queries per row of an earlier query",
        ko="앞선 쿼리의 행마다 여러 번 실행되는 쿼리 (중첩 N+1)",
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedNPlusOneOptions(Options):
    """When a repeating sequence of lookups counts as a nested N+1."""

    min_repeats: int = 5
    """Rounds that a burst needs."""
    min_distinct_values: int = 2
    """Different key values that a burst uses on average."""
    min_burst_share: float = 0.5
    """Part of the statement's executions that must lie in such bursts, where neither a
    transaction, a tag nor the names of the columns say that they belong together."""
    high_severity_calls: int = 50
    """Calls saved in the whole log from which the severity is high instead of medium."""


class NestedNPlusOne(Detector[Repetition]):
    """Listen for repeating sequences of reads in which at least one lookup varies its key."""

    rule = RULE
    consumes = Repetition
    options_type = NestedNPlusOneOptions

    def observe(self, fact: Repetition) -> Iterator[Finding]:
        """Report a repeating sequence behind a query that can return many rows."""
        options = narrow(self._options, NestedNPlusOneOptions)
        parent = fact.parent
        if parent is None or not _is_lookup_sequence(fact, parent):
            return
        loop = loop_of(fact, min_rounds=options.min_repeats)
        if loop is None or loop.distinct_per_burst < options.min_distinct_values:
            return
        if _is_certain(fact, parent) or burst_share(fact, loop) >= options.min_burst_share:
            yield self._report(fact, parent, loop, options)

    def _report(
        self, fact: Repetition, parent: Statement, loop: Loop, options: NestedNPlusOneOptions
    ) -> Finding:
        is_sure = _is_certain(fact, parent)
        is_large = loop.calls_saved >= options.high_severity_calls
        return self.finding(
            message=_message(fact, parent, loop),
            identity=loop_identity(fact),
            locations=places(fact.attributions, fact.examples),
            evidence=loop_evidence(fact, loop, "child"),
            impact=loop_impact(fact, loop),
            fix=Fix(
                summary=_summary(parent),
                kind=FixKind.ADVICE,
                text=_changes(fact, parent),
                recheck=self.context.recheck,
            ),
            severity=Severity.HIGH if is_large else Severity.MEDIUM,
            confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
        )


def _is_lookup_sequence(fact: Repetition, parent: Statement) -> bool:
    return (
        len(fact.cycle) > 1
        and fact.is_varying
        and all(is_plain_read(each.shape) for each in fact.cycle)
        and any(True for _ in _lookups(fact))
        and parent.shape.can_return_many
        and all(each.fingerprint != parent.fingerprint for each in fact.cycle)
    )


def _lookups(fact: Repetition) -> Iterator[Statement]:
    return (each for each in fact.cycle if each.shape.is_single_row_lookup)


def _is_certain(fact: Repetition, parent: Statement) -> bool:
    """Tell whether more than closeness in time says that parent and children belong together."""
    is_linked = any(are_linked(parent, each) for each in _lookups(fact))
    return fact.unit is not UnitKind.IDLE_GAP or is_linked


def _message(fact: Repetition, parent: Statement, loop: Loop) -> Text:
    spent = f" ({duration(ms(loop.time_us))})" if loop.time_us > 0 else ""
    inner = " + ".join(tables(each) for each in fact.cycle)
    return Text(
        en=f"After {tables(parent)} was read, the sequence {inner} runs once per row: "
        f"{loop.executions:,} executions{spent} in {loop.bursts:,} bursts of typically "
        f"{loop.median_rounds:,} rounds",
        ko=f"{tables(parent)} 조회 후 행마다 {inner} 순서의 쿼리가 반복됩니다: "
        f"총 {loop.executions:,}회{spent}, {loop.bursts:,}번의 묶음에서 보통 "
        f"{loop.median_rounds:,}바퀴씩",
    )


def _summary(parent: Statement) -> Text:
    return Text(
        en=f"Load all relations of {tables(parent)} that the loop uses ahead of it.",
        ko=f"반복문에서 쓰는 {tables(parent)}의 관계를 반복 전에 모두 가져옵니다.",
    )


def _changes(fact: Repetition, parent: Statement) -> str:
    """Write one change per lookup; a lookup inside a lookup has the earlier one as its parent."""
    parts: list[str] = []
    outer = parent
    for each in _lookups(fact):
        # A lookup that names no row of the parent belongs to the one before it.
        owner = parent if are_linked(parent, each) else outer
        parts.append(change_for(relation_of(owner, each)))
        outer = each
    parts.append(
        '# Django, nested: prefetch_related(Prefetch("a", queryset=A.objects.select_related("b")))'
    )
    return "\n\n".join(parts)
