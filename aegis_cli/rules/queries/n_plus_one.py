"""AEG1101: one lookup per row of an earlier query."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.executions import Repetition, Statement
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._advice import change_for, relation_of, summary_of
from aegis_cli.rules.queries._eager_loading import eager_change, eager_summary
from aegis_cli.rules.queries._loop_detector import JoinedLoop, LoopDetector
from aegis_cli.rules.queries._loop_evidence import (
    bursts_of,
    is_plain_read,
    loop_evidence,
    loop_impact,
    loop_names,
)
from aegis_cli.rules.queries._naming import are_linked
from aegis_cli.rules.queries._wording import places, tables

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


class NPlusOne(LoopDetector):
    """Listen for loops of one lookup whose key varies, after a query that returned the rows."""

    rule = RULE
    options_type = NPlusOneOptions

    def names_of(self, fact: Repetition) -> tuple[str, ...] | None:
        """Return parent and child of a loop of lookups behind a query of many rows."""
        return loop_names(fact) if _is_lookup_loop(fact) else None

    def judge(self, loop: JoinedLoop, names: tuple[str, ...]) -> Iterator[Finding]:
        """Report a loop whose key varies and that is more than chance."""
        options = narrow(self._options, NPlusOneOptions)
        totals = loop.totals
        if totals.max_rounds < options.min_repeats:
            return
        if totals.distinct_per_burst < options.min_distinct_values:
            return
        if _is_certain(loop) or loop.burst_share >= options.min_burst_share:
            yield self._report(loop, names, options)

    def _report(
        self, loop: JoinedLoop, names: tuple[str, ...], options: NPlusOneOptions
    ) -> Finding:
        parent, child = loop.parents[0], loop.cycle[0]
        is_large = loop.totals.calls_saved >= options.high_severity_calls
        return self.finding(
            message=_message(parent, child, loop),
            identity=names,
            locations=places(loop.attributions, loop.examples),
            evidence=loop_evidence(loop, "child"),
            impact=loop_impact(loop),
            fix=_fix(loop, parent, self.context.recheck),
            severity=Severity.HIGH if is_large else Severity.MEDIUM,
            confidence=Confidence.HIGH if _is_certain(loop) else Confidence.MEDIUM,
        )


def _is_lookup_loop(fact: Repetition) -> bool:
    parent, child = fact.parent, fact.cycle[0]
    return (
        parent is not None
        and len(fact.cycle) == 1
        and fact.is_varying
        and child.shape.is_keyed_lookup
        and is_plain_read(child.shape)
        and parent.shape.can_return_many
        and parent.fingerprint != child.fingerprint
    )


def _is_certain(loop: JoinedLoop) -> bool:
    """Tell whether more than closeness in time says that parent and child belong together."""
    return loop.is_delimited or are_linked(loop.parents[0], loop.cycle[0])


def _fix(loop: JoinedLoop, parent: Statement, recheck: str) -> Fix:
    """Name the relationship where an object mapper told it; else what the statements' names say."""
    relationship = loop.relationship
    if relationship is not None:
        summary, text = eager_summary(relationship), eager_change(relationship)
    else:
        relation = relation_of(parent, loop.cycle[0])
        summary, text = summary_of(relation), change_for(relation)
    return Fix(summary=summary, kind=FixKind.ADVICE, text=text, recheck=recheck)


def _message(parent: Statement, child: Statement, loop: JoinedLoop) -> Text:
    spent = loop.spent
    outer, inner = tables(parent), tables(child)
    bursts = bursts_of(loop.totals, Text(en="lookups", ko="회"))
    return Text(
        en=f"{inner} is looked up {loop.totals.executions:,} times{spent.en}, row by row after "
        f"{outer} was read: {bursts.en}",
        ko=f"{outer} 조회 후 행마다 {inner} 조회가 반복됩니다: 총 {loop.totals.executions:,}회"
        f"{spent.ko}, {bursts.ko}",
    )
