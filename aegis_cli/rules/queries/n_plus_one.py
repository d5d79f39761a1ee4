"""AEG1101: one lookup per row of an earlier query."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.model.facts.executions import Repetition, Statement, UnitKind
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._advice import change_for, relation_of, summary_of
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
    code="AEG1101",
    name="n-plus-one",
    section="1.1",
    title=Text(
        en="One query per row of an earlier query",
        ko="앞선 쿼리의 행마다 한 번씩 실행되는 쿼리 (N+1)",
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NPlusOneOptions(Options):
    """When a loop of lookups counts as an N+1."""

    min_repeats: int = 5
    """Rounds that a burst needs."""
    min_distinct_values: int = 2
    """Different key values that a burst uses on average."""
    min_burst_share: float = 0.5
    """Part of the statement's executions that must lie in such bursts, where neither a
    transaction, a tag nor the names of the columns say that they belong together."""
    high_severity_calls: int = 50
    """Calls saved in the whole log from which the severity is high instead of medium."""


class NPlusOne(Detector[Repetition]):
    """Listen for loops of one lookup whose key varies, after a query that returned the rows."""

    rule = RULE
    consumes = Repetition
    options_type = NPlusOneOptions

    def observe(self, fact: Repetition) -> Iterator[Finding]:
        """Report a loop of lookups behind a query that can return many rows."""
        options = narrow(self._options, NPlusOneOptions)
        parent = fact.parent
        if parent is None or not _is_lookup_loop(fact, parent):
            return
        loop = loop_of(fact, min_rounds=options.min_repeats)
        if loop is None or loop.distinct_per_burst < options.min_distinct_values:
            return
        if _is_certain(fact, parent) or burst_share(fact, loop) >= options.min_burst_share:
            yield self._report(fact, parent, loop, options)

    def _report(
        self, fact: Repetition, parent: Statement, loop: Loop, options: NPlusOneOptions
    ) -> Finding:
        relation = relation_of(parent, fact.cycle[0])
        is_sure = _is_certain(fact, parent)
        is_large = loop.calls_saved >= options.high_severity_calls
        return self.finding(
            message=_message(parent, fact.cycle[0], loop),
            identity=loop_identity(fact),
            locations=places(fact.attributions, fact.examples),
            evidence=loop_evidence(fact, loop, "child"),
            impact=loop_impact(fact, loop),
            fix=Fix(
                summary=summary_of(relation),
                kind=FixKind.ADVICE,
                text=change_for(relation),
                recheck=self.context.recheck,
            ),
            severity=Severity.HIGH if is_large else Severity.MEDIUM,
            confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
        )


def _is_lookup_loop(fact: Repetition, parent: Statement) -> bool:
    if len(fact.cycle) != 1 or not fact.is_varying:
        return False
    child = fact.cycle[0]
    return (
        child.shape.is_single_row_lookup
        and is_plain_read(child.shape)
        and parent.shape.can_return_many
        and parent.fingerprint != child.fingerprint
    )


def _is_certain(fact: Repetition, parent: Statement) -> bool:
    """Tell whether more than closeness in time says that parent and child belong together."""
    return fact.unit is not UnitKind.IDLE_GAP or are_linked(parent, fact.cycle[0])


def _message(parent: Statement, child: Statement, loop: Loop) -> Text:
    spent = f" ({duration(ms(loop.time_us))})" if loop.time_us > 0 else ""
    outer, inner = tables(parent), tables(child)
    return Text(
        en=f"{inner} is looked up {loop.executions:,} times{spent}, row by row after {outer} was "
        f"read: {loop.bursts:,} bursts of typically {loop.median_rounds:,} lookups",
        ko=f"{outer} 조회 후 행마다 {inner} 조회가 반복됩니다: 총 {loop.executions:,}회{spent}, "
        f"{loop.bursts:,}번의 묶음에서 보통 {loop.median_rounds:,}회씩",
    )
