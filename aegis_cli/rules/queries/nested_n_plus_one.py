"""AEG1102: several lookups per row, or a loop inside a loop."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.executions import Repetition, Statement
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._loop_detector import JoinedLoop, LoopDetector
from aegis_cli.rules.queries._loop_evidence import (
    bursts_of,
    is_plain_read,
    loop_evidence,
    loop_impact,
    loop_names,
)
from aegis_cli.rules.queries._naming import are_linked
from aegis_cli.rules.queries._nested_advice import nested_change
from aegis_cli.rules.queries._nested_eager import nested_eager_change
from aegis_cli.rules.queries._wording import places, tables

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


class NestedNPlusOne(LoopDetector):
    """Listen for repeating sequences of reads in which at least one lookup varies its key."""

    rule = RULE
    options_type = NestedNPlusOneOptions

    def names_of(self, fact: Repetition) -> tuple[str, ...] | None:
        """Return parent and cycle of a repeating sequence behind a query of many rows."""
        return loop_names(fact) if _is_lookup_sequence(fact) else None

    def judge(self, loop: JoinedLoop, names: tuple[str, ...]) -> Iterator[Finding]:
        """Report a sequence in which a key varies and that is more than chance."""
        options = narrow(self._options, NestedNPlusOneOptions)
        totals = loop.totals
        if totals.max_rounds < options.min_repeats:
            return
        if totals.distinct_per_burst < options.min_distinct_values:
            return
        if _is_certain(loop) or loop.burst_share >= options.min_burst_share:
            yield self._report(loop, names, options)

    def _report(
        self, loop: JoinedLoop, names: tuple[str, ...], options: NestedNPlusOneOptions
    ) -> Finding:
        parent = loop.parents[0]
        is_large = loop.totals.calls_saved >= options.high_severity_calls
        return self.finding(
            message=_message(parent, loop),
            identity=names,
            locations=places(loop.attributions, loop.examples),
            evidence=loop_evidence(loop, "child"),
            impact=loop_impact(loop),
            fix=Fix(
                summary=_summary(parent),
                kind=FixKind.ADVICE,
                text=nested_eager_change(loop.relationships)
                or nested_change(parent, tuple(_lookups(loop.cycle))),
                recheck=self.context.recheck,
            ),
            severity=Severity.HIGH if is_large else Severity.MEDIUM,
            confidence=Confidence.HIGH if _is_certain(loop) else Confidence.MEDIUM,
        )


def _is_lookup_sequence(fact: Repetition) -> bool:
    parent = fact.parent
    return (
        parent is not None
        and len(fact.cycle) > 1
        and fact.is_varying
        and all(is_plain_read(each.shape) for each in fact.cycle)
        and any(True for _ in _lookups(fact.cycle))
        and parent.shape.can_return_many
        and all(each.fingerprint != parent.fingerprint for each in fact.cycle)
    )


def _lookups(cycle: Iterable[Statement]) -> Iterator[Statement]:
    return (each for each in cycle if each.shape.is_keyed_lookup)


def _is_certain(loop: JoinedLoop) -> bool:
    """Tell whether more than closeness in time says that parent and children belong together."""
    parent = loop.parents[0]
    return loop.is_delimited or any(are_linked(parent, each) for each in _lookups(loop.cycle))


def _message(parent: Statement, loop: JoinedLoop) -> Text:
    totals, spent = loop.totals, loop.spent
    en, ko = _children(loop)
    bursts = bursts_of(totals, Text(en="rounds", ko="바퀴"))
    return Text(
        en=f"After {tables(parent)} was read, each row asks for {en}: {totals.executions:,} "
        f"executions{spent.en} in {bursts.en}",
        ko=f"{tables(parent)} 조회 후 행마다 {ko} 순서로 쿼리가 반복됩니다: "
        f"총 {totals.executions:,}회{spent.ko}, {bursts.ko}",
    )


def _children(loop: JoinedLoop) -> tuple[str, str]:
    """Name the tables of a round, with the executions of each where they are known."""
    names = [tables(each) for each in loop.cycle]
    counts = loop.executions_of
    if not counts:
        return " + ".join(names), " + ".join(names)
    counted = list(zip(names, counts, strict=True))
    en = ", then ".join(f"{name} ({count:,} times)" for name, count in counted)
    return en, ", ".join(f"{name} ({count:,}회)" for name, count in counted)


def _summary(parent: Statement) -> Text:
    return Text(
        en=f"Load all relations of {tables(parent)} that the loop uses ahead of it.",
        ko=f"반복문에서 쓰는 {tables(parent)}의 관계를 반복 전에 모두 가져옵니다.",
    )
