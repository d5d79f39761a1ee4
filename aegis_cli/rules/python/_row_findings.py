"""The finding of queries per row: all that one loop, serializer or template asks for its rows."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options, RunContext
from aegis_cli.model.facts.source_code import RowCost, RowQuery
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._eager_loading import eager_change, eager_summary
from aegis_cli.rules.python._rows import (
    is_in_command,
    row_evidence,
    row_identity,
    row_locations,
)

_NEAR = 2
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sinks:
    """How what goes over the rows is called in a message."""

    en: str
    ko: str


class RowDetector(Detector[RowQuery]):
    """Gathers what is asked per row of the same rows in the same place; one change cures it."""

    consumes = RowQuery

    def __init__(self, options: Options, context: RunContext) -> None:
        """Start without any rows seen."""
        super().__init__(options, context)
        self._groups: dict[tuple[str, ...], list[RowQuery]] = {}

    @abstractmethod
    def sink(self, fact: RowQuery) -> Sinks | None:
        """Return how the sink of a fact is called; None where another rule reports it."""

    @abstractmethod
    def confidence(self, fact: RowQuery) -> Confidence:
        """Return how sure it is that each row costs a query."""

    def observe(self, fact: RowQuery) -> Iterator[Finding]:
        """Gather what costs a query per row, writes left out."""
        if fact.cost is not RowCost.WRITE and self.sink(fact) is not None:
            self._groups.setdefault(row_identity(fact), []).append(fact)
        yield from ()

    def finish(self) -> Iterator[Finding]:
        """Report each group, the surest of its facts first."""
        for identity, facts in self._groups.items():
            ordered = sorted(facts, key=lambda each: -self.confidence(each).rank)
            yield self._report(identity, ordered)

    def _report(self, identity: tuple[str, ...], facts: Sequence[RowQuery]) -> Finding:
        first = facts[0]
        sink = self.sink(first)
        assert sink is not None
        return self.finding(
            message=row_message(facts, sink),
            identity=identity,
            locations=row_locations(facts),
            evidence=row_evidence(facts),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(
                summary=eager_summary(first),
                kind=FixKind.ADVICE,
                text=eager_change(facts),
                recheck=self.context.recheck,
            ),
            severity=Severity.MEDIUM if first.cost is RowCost.QUERY else Severity.HIGH,
            confidence=self.confidence(first),
        )


def row_message(facts: Sequence[RowQuery], sink: Sinks) -> Text:
    """Say what is read per row, and by what."""
    fact = facts[0]
    rows = fact.feed_model or fact.model or "the rows"
    rows_ko = fact.feed_model or fact.model or "각 행"
    match fact.cost:
        case RowCost.QUERY | RowCost.WRITE:
            return Text(
                en=f"{sink.en} queries {fact.model} for each row: {fact.call or 'a query'}",
                ko=f"{sink.ko} 행마다 {fact.model}을(를) 조회합니다: {fact.call or '쿼리'}",
            )
        case RowCost.DEFEATED:
            return Text(
                en=f"{sink.en} asks the database again for {fact.relation} of {rows}, which is "
                f"loaded ahead: {fact.call}",
                ko=f"{sink.ko} 미리 읽은 {rows_ko}의 {fact.relation}을(를) 행마다 다시 조회합니다: "
                f"{fact.call}",
            )
        case _:
            names, names_ko = _named(facts)
            return Text(
                en=f"{sink.en} loads {names} of {rows} by a query for each row",
                ko=f"{sink.ko} {rows_ko}의 {names_ko}을(를) 행마다 쿼리 하나씩으로 읽습니다",
            )


def _named(facts: Sequence[RowQuery]) -> tuple[str, str]:
    """Return the relations, the first few by name."""
    names = list(dict.fromkeys(each.relation for each in facts))
    shown = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return (f"{shown} and {more} more", f"{shown} 외 {more}개") if more > 0 else (shown, shown)


def sink_confidence(fact: RowQuery) -> Confidence:
    """Return how sure it is that each row of a serializer, list or template costs a query."""
    if not fact.is_certain or is_in_command(fact):
        return Confidence.LOW
    is_near = len(fact.places) <= _NEAR
    if fact.cost is RowCost.QUERY:
        return Confidence.LOW if fact.is_conditional or not is_near else Confidence.MEDIUM
    if fact.is_conditional and not is_near:
        return Confidence.LOW
    return Confidence.HIGH if is_near else Confidence.MEDIUM
